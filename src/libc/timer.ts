import {
  type CMemory,
  int,
  libc,
  memory,
  pointer,
  SystemCallError,
} from "./mod.ts";

const INT = { struct: ["i32"] } as const;
const POINTER = { struct: ["pointer"] } as const;

const TIMERS = {
  // int timer_create(clockid_t clockid, struct sigevent *sevp, timer_t
  // *timerid)
  timer_create: { parameters: [INT, "buffer", "buffer"], result: "i32" },
  // int timer_settime(timer_t timerid, int flags, const struct itimerspec *new,
  // struct itimerspec *old)
  timer_settime: {
    parameters: [POINTER, "i32", "buffer", "u64"],
    result: "i32",
  },
  // int timer_delete(timer_t timerid)
  timer_delete: { parameters: [POINTER], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Opens the POSIX timers: part of libc since glibc 2.34, of librt before. */
function openTimers() {
  try {
    return Deno.dlopen("libc.so.6", TIMERS).symbols;
  } catch {
    return Deno.dlopen("librt.so.1", TIMERS).symbols;
  }
}

const CLOCK_MONOTONIC = 1;

/** What a timer does when it expires. Source: sigevent(3type). */
export type Notification =
  /** Sends a signal to the process (`SIGEV_SIGNAL`). */
  | { readonly signal: number }
  /** Calls a C function of one word in a thread of its own (`SIGEV_THREAD`). */
  | { readonly call: bigint; readonly argument: bigint };

/**
 * A timer that expires once each time it is started. execve deletes it
 * (timer_create(2)).
 */
export interface Timer {
  /**
   * Starts it anew.
   *
   * @param milliseconds When it expires, from now; above 0.
   * @throws {SystemCallError} If it cannot be started.
   */
  start(milliseconds: number): void;
  /** Stops it. */
  stop(): void;
}

/**
 * Makes a POSIX timer, which expires whatever JavaScript is doing. Needs the
 * ffi permission; starting and stopping it does not.
 *
 * @param notification What it does when it expires.
 * @returns The timer, not yet started.
 * @throws {SystemCallError} If it cannot be made, as when no thread can be
 * started.
 *
 * Source: timer_create(2), timer_settime(2).
 */
export function makeTimer(notification: Notification): Timer {
  const { timer_create, timer_settime } = openTimers();
  const { errno } = libc();
  const id = memory(new Uint8Array(8));
  if (
    timer_create(int(CLOCK_MONOTONIC), sigevent(notification).bytes, id.bytes) <
      0
  ) {
    throw new SystemCallError("make a timer", errno[0]);
  }
  const handle = pointer(new DataView(id.bytes.buffer).getBigUint64(0, true));
  const set = (milliseconds: number) =>
    timer_settime(handle, 0, once(milliseconds), 0n);
  return {
    start(milliseconds) {
      if (set(milliseconds) < 0) {
        throw new SystemCallError("start a timer", errno[0]);
      }
    },
    stop() {
      set(0);
    },
  };
}

/**
 * `struct sigevent`: value (8 bytes), signo, notify, then a union with the
 * function to call first.
 */
function sigevent(notification: Notification): CMemory {
  const SIGEV_SIGNAL = 0;
  const SIGEV_THREAD = 2;
  const event = memory(new Uint8Array(64));
  const view = new DataView(event.bytes.buffer);
  if ("signal" in notification) {
    view.setInt32(8, notification.signal, true);
    view.setInt32(12, SIGEV_SIGNAL, true);
  } else {
    view.setBigUint64(0, notification.argument, true);
    view.setInt32(12, SIGEV_THREAD, true);
    view.setBigUint64(16, notification.call, true);
  }
  return event;
}

/**
 * `struct itimerspec` that expires once, or never for 0: interval (two longs of
 * 0), then seconds and nanoseconds.
 */
function once(milliseconds: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(16, BigInt(Math.trunc(milliseconds / 1000)), true);
  view.setBigInt64(24, BigInt(Math.trunc((milliseconds % 1000) * 1e6)), true);
  return bytes;
}
