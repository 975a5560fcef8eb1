import { cString } from "../libc/mod.ts";
import { readProcessStatus } from "../libc/process_status.ts";
import { learnCalls } from "./_calls.ts";

/** Where it cannot be told which executable a thread runs. */
export const UNKNOWN = "?";

/** `PATH_MAX` of include/uapi/linux/limits.h. */
const PATH_MAX = 4096;

/**
 * After how many answers all is asked anew: the id of a thread that was killed
 * may be another's by then.
 */
const MOST_ANSWERS = 100_000;

/**
 * For how many of its next calls a process is asked anew that is about to execute
 * another program: until it does, its other threads go on with the old one.
 */
const UNSETTLED = 64;

/** Tells which executable a thread runs, while it waits in a call. */
export class Executables {
  readonly #known = new Map<number, string>();
  readonly #unsettled = new Map<number, number>();
  readonly #target = new Uint8Array(PATH_MAX);
  readonly #decoder = new TextDecoder();
  #answers = 0;

  /**
   * @param thread The thread's id.
   * @param isWaiting Whether it still waits in its call: only then its id is its
   * own.
   * @returns The executable's path, with ` (deleted)` behind it where it is;
   * {@linkcode UNKNOWN} if it may not be seen.
   *
   * Source: proc_pid_exe(5).
   */
  of(thread: number, isWaiting: () => boolean): string {
    if (++this.#answers % MOST_ANSWERS === 0) this.#known.clear();
    const known = this.#known.get(thread);
    if (known !== undefined) return known;
    const found = this.#read(thread);
    if (found === undefined || !isWaiting()) return UNKNOWN;
    const left = this.#unsettled.get(thread) ?? 0;
    if (left > 1) this.#unsettled.set(thread, left - 1);
    else {
      this.#unsettled.delete(thread);
      this.#known.set(thread, found);
    }
    return found;
  }

  /**
   * Forgets a thread that may become another program, or end. Whichever thread
   * executes a program has its process's id afterwards (execve(2)).
   */
  forget(thread: number): void {
    this.#known.delete(thread);
    const process = readProcessStatus(thread)?.processId;
    if (process === undefined || process === thread) return;
    this.#known.delete(process);
    this.#unsettled.set(process, UNSETTLED);
  }

  #read(thread: number): string | undefined {
    const length = learnCalls().readlink(
      cString(`/proc/${thread}/exe`).bytes,
      this.#target,
      PATH_MAX,
    );
    if (length < 0) return undefined;
    return this.#decoder.decode(this.#target.subarray(0, length));
  }
}
