import { errno } from "../libc/errno.ts";
import { REQUEST_SIZE } from "./_notify_layout.ts";
import { type NotifySymbols, notifySymbols } from "./_notify_symbols.ts";
import { failure, ScmpError } from "./error.ts";

/** Of poll(2). */
const POLLIN = 0x1;
const POLLHUP = 0x10;

/**
 * How long one wait lasts, in milliseconds, and so the longest that an abort or
 * a closed descriptor goes unseen: neither wakes a thread that is in poll(2).
 */
const WAIT_MS = 100;

/** What an errno means here. */
const REASONS: Readonly<Record<string, string>> = {
  EBADF: "the descriptor is not open",
  EINPROGRESS: "it has its answer already",
  ENOENT: "its thread no longer waits: it was killed, or interrupted",
  ENOTTY: "the descriptor is not a filter's listener",
};

/** The descriptor of a filter's notifications, and the calls that it takes. */
export class Listener {
  readonly #fd: number;
  readonly #symbols: NotifySymbols;

  /**
   * @param fd The descriptor, which need not be a listener's.
   * @throws {ScmpError} `EINVAL` for what cannot be a descriptor; as {@linkcode
   * notifySymbols}.
   */
  constructor(fd: number) {
    if ((fd | 0) !== fd || fd < 0) {
      throw new ScmpError("EINVAL", `a descriptor is 0 to 2^31-1, not ${fd}`);
    }
    this.#fd = fd;
    this.#symbols = notifySymbols();
  }

  /** Refuses a descriptor that is closed, or no listener. */
  check(): void {
    this.isValid(0n);
  }

  /** Whether a thread waits for the answer to a notification. */
  isValid(id: bigint): boolean {
    const { seccomp_notify_id_valid } = this.#symbols.seccomp;
    const value = this.#retry(() => seccomp_notify_id_valid(this.#fd, id));
    if (value === 0) return true;
    if (value === errno.ENOENT) return false;
    throw failed(`look for notification ${id}`, value);
  }

  /**
   * Waits until there is something to receive, or no process that could make
   * it, or a tenth of a second has passed; which of them it was, {@linkcode
   * poll} says.
   *
   * It is poll(2) that waits in a thread of its own, and not
   * seccomp_notify_receive(3): the errno of another thread cannot be read, a
   * wait that is given up must not take a notification with it, and libc stays
   * where it is when a worker ends that has opened libraries. For the same
   * reason its memory is C's and not JavaScript's: it lasts until poll(2) has
   * returned, whoever is gone by then.
   */
  async wait(): Promise<void> {
    const { malloc, free, copyIn, pollElsewhere } = this.#symbols.libc;
    const content = pollfd(this.#fd);
    const size = BigInt(content.length);
    const address = malloc(size);
    if (address === 0n) throw failed("wait for a notification", errno.ENOMEM);
    copyIn(address, content, size);
    await pollElsewhere(address, 1n, WAIT_MS);
    free(address);
  }

  /** What there is now. */
  poll(): "request" | "nobody" | "nothing" {
    const content = pollfd(this.#fd);
    this.#symbols.libc.poll(content, 1n, 0);
    const events = new DataView(content.buffer).getInt16(6, true);
    if (events & POLLIN) return "request";
    return events & POLLHUP ? "nobody" : "nothing";
  }

  /**
   * Receives a notification, and waits for it if there is none.
   *
   * @returns The `struct seccomp_notif`, or `undefined` if a signal interrupted
   * the wait.
   */
  receive(): Uint8Array<ArrayBuffer> | undefined {
    const { seccomp_notify_receive } = this.#symbols.seccomp;
    const bytes = new Uint8Array(REQUEST_SIZE);
    const value = this.#allocated((request) => {
      const value = this.#errno(seccomp_notify_receive(this.#fd, request));
      this.#symbols.libc.copyOut(bytes, request, BigInt(bytes.length));
      return value;
    });
    if (value === errno.EINTR) return undefined;
    if (value !== 0) throw failed("receive a notification", value);
    return bytes;
  }

  /** Answers a notification with a `struct seccomp_notif_resp`. */
  respond(id: bigint, bytes: Uint8Array<ArrayBuffer>): void {
    const { seccomp_notify_respond } = this.#symbols.seccomp;
    const value = this.#allocated((_, response) => {
      this.#symbols.libc.copyIn(response, bytes, BigInt(bytes.length));
      return this.#retry(() => seccomp_notify_respond(this.#fd, response));
    });
    if (value !== 0) throw failed(`answer notification ${id}`, value);
  }

  /**
   * Lends a zeroed request, as the kernel demands it, and response, both of the
   * size that this kernel has them.
   */
  #allocated(
    use: (request: bigint, response: bigint) => number,
  ): number {
    const { seccomp_notify_alloc, seccomp_notify_free } = this.#symbols.seccomp;
    const request = new BigUint64Array(1);
    const response = new BigUint64Array(1);
    const value = this.#errno(seccomp_notify_alloc(request, response));
    if (value !== 0) throw failed("make room for a notification", value);
    try {
      return use(request[0], response[0]);
    } finally {
      seccomp_notify_free(request[0], response[0]);
    }
  }

  /** Calls until no signal interrupts; returns 0, or the errno. */
  #retry(call: () => number): number {
    for (;;) {
      const value = this.#errno(call());
      if (value !== errno.EINTR) return value;
    }
  }

  /**
   * The errno of what a function of libseccomp returned, 0 for none. That ioctl(2)
   * failed it returns as ECANCELED, or in seccomp_notify_id_valid(3) as ENOENT;
   * why, the calling thread's errno says.
   */
  #errno(returned: number): number {
    switch (-returned) {
      case errno.ECANCELED:
      case errno.ENOENT:
        return this.#symbols.errno[0];
      default:
        return -returned;
    }
  }
}

/** `struct pollfd`: int fd; short events, revents. */
function pollfd(fd: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLIN, true);
  return new Uint8Array(view.buffer);
}

function failed(what: string, value: number): ScmpError {
  return failure(-value, what, REASONS);
}
