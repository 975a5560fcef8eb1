import { learnCalls } from "./_calls.ts";
import { type Job, type JobEnd, pollfd } from "./job.ts";
import { Notifications, type NotifiedCall } from "./notifications.ts";
import type { Recorder } from "./recorder.ts";

/**
 * `execve(2)`'s number. Source: arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h.
 */
const EXECVE = Deno.build.arch === "aarch64" ? 221 : 59;
/** Of poll(2). */
const POLLIN = 1;
const POLLHUP = 16;
/** How long calls are served before others have their turn, in milliseconds. */
const TURN = 50;

/** What is told of a job while it is watched. */
export interface Watcher {
  /** Comes many times a second; whether to go on. */
  readonly onTurn: () => boolean;
  /** Comes once its first process has ended, though others may go on. */
  readonly onEnd: (end: JobEnd) => void;
}

/**
 * Has every call of a job recorded, and go on, until no process of it is left.
 *
 * @param job The job, just started.
 * @param recorder Counts its calls, from the execve of its command on.
 * @param watcher Is told how it goes.
 * @returns Whether the command's execve was seen: its first process may have been
 * ended before.
 * @throws {SystemCallError} If the listener fails.
 */
export async function watch(
  job: Job,
  recorder: Recorder,
  { onTurn, onEnd }: Watcher,
): Promise<boolean> {
  const { poll } = learnCalls();
  const notifications = new Notifications(job.listener);
  const both = new Waiting(pollfd(job.listener, job.pidfd));
  let isCommand = false;
  let hasEnded = false;
  const tellEnd = () => {
    if (!hasEnded) onEnd(job.end());
    hasEnded = true;
    both.leaveOut(1);
  };
  const look = (call: NotifiedCall) => {
    // Before, it is this program that becomes the command.
    isCommand ||= call.thread === job.pid && call.number === EXECVE;
    if (isCommand) recorder.add(call);
  };
  while (onTurn()) {
    const end = performance.now() + TURN;
    for (let left = TURN; left > 0; left = end - performance.now()) {
      poll(both.bytes, 2, Math.ceil(left));
      if (both.events(0) & POLLIN) notifications.next(look);
      // Only now: what it called last is recorded before.
      else if (both.events(1) & POLLIN) tellEnd();
      // The last thread gives its filter back before its process has ended.
      else if (both.events(0) & POLLHUP) {
        tellEnd();
        return isCommand;
      }
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
  return isCommand;
}

/** An array of `struct pollfd`. */
class Waiting {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** What there is at one of the descriptors. */
  events(index: number): number {
    return this.#view.getInt16(8 * index + 6, true);
  }

  /** Has a descriptor passed over from now on. */
  leaveOut(index: number): void {
    this.#view.setInt32(8 * index, -1, true);
  }
}
