import { errno as ERRNO } from "../libc/errno.ts";
import { libc, SystemCallError } from "../libc/mod.ts";
import { learnCalls } from "./_calls.ts";

/** Of include/uapi/linux/seccomp.h, with the sizes of Linux 5.0. */
const SECCOMP_IOCTL_NOTIF_RECV = 0xc050_2100;
const SECCOMP_IOCTL_NOTIF_SEND = 0xc018_2101;
const SECCOMP_IOCTL_NOTIF_ID_VALID = 0x4008_2102;
const SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x4008_2104;
const SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1n;
const SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
const REQUEST_SIZE = 80;
const RESPONSE_SIZE = 24;

/** One call, as it waits for its answer: a view that the next one replaces. */
export interface NotifiedCall {
  /** The thread, 0 where it is out of sight: in another pid namespace. */
  readonly thread: number;
  /** `AUDIT_ARCH_…` of include/uapi/linux/audit.h. */
  readonly arch: number;
  /** The number as the kernel has it; with its bit where the call is of x32. */
  readonly number: number;
  /** Whether it still waits: what was read about its thread is then true. */
  isWaiting(): boolean;
  /** The lower 32 bits of an argument, 0 to 5. */
  low(index: number): number;
  /** The upper 32 bits. */
  high(index: number): number;
}

/** Whether a descriptor is a filter's listener. */
export function isListener(fd: number): boolean {
  const id = new Uint8Array(8);
  const isValid =
    learnCalls().ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, id) === 0;
  return isValid || libc().errno[0] === ERRNO.ENOENT;
}

/** Receives notifications, and has every call go on. */
export class Notifications {
  readonly #fd: number;
  readonly #request = new Uint8Array(REQUEST_SIZE);
  readonly #words = new Uint32Array(this.#request.buffer);
  readonly #id = this.#request.subarray(0, 8);
  readonly #response = new Uint8Array(RESPONSE_SIZE);
  readonly #answer = new Uint32Array(this.#response.buffer);
  readonly #call: NotifiedCall;

  /** @param fd The listener. */
  constructor(fd: number) {
    this.#fd = fd;
    const words = this.#words;
    this.#call = {
      get thread() {
        return words[2];
      },
      get number() {
        return words[4];
      },
      get arch() {
        return words[5];
      },
      isWaiting: () => this.#isWaiting(),
      low: (index) => words[8 + 2 * index],
      high: (index) => words[9 + 2 * index],
    };
    // struct seccomp_notif_resp: __u64 id; __s64 val; __s32 error; __u32 flags.
    this.#answer[5] = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    // Since Linux 6.6: the thread that waits goes on where this one stops, on the
    // same processor. Without it all is slower, and else the same.
    const flags = BigUint64Array.of(SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    learnCalls().ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, bytesOf(flags));
  }

  /**
   * Receives one notification, and has its call go on after it was looked at.
   *
   * @param look Is shown the call.
   * @throws {SystemCallError} If that cannot be done.
   */
  next(look: (call: NotifiedCall) => void): void {
    const { ioctl } = learnCalls();
    // The kernel demands it.
    this.#request.fill(0);
    if (ioctl(this.#fd, SECCOMP_IOCTL_NOTIF_RECV, this.#request) !== 0) {
      return this.#pass("receive a notification");
    }
    look(this.#call);
    this.#answer[0] = this.#words[0];
    this.#answer[1] = this.#words[1];
    if (ioctl(this.#fd, SECCOMP_IOCTL_NOTIF_SEND, this.#response) !== 0) {
      this.#pass("answer a notification");
    }
  }

  #isWaiting(): boolean {
    return learnCalls().ioctl(
      this.#fd,
      SECCOMP_IOCTL_NOTIF_ID_VALID,
      this.#id,
    ) === 0;
  }

  /** The thread was killed, or a signal interrupted its call or this one. */
  #pass(what: string): void {
    const value = libc().errno[0];
    if (value !== ERRNO.ENOENT && value !== ERRNO.EINTR) {
      throw new SystemCallError(what, value);
    }
  }
}

function bytesOf(words: BigUint64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(words.buffer);
}
