import {
  cString,
  functionAddress,
  int,
  libc,
  long,
  pointer,
  SystemCallError,
} from "../libc/mod.ts";
import { makeTimer, type Timer } from "../libc/timer.ts";

const F_DUPFD_CLOEXEC = 1030;
const FIRST_DESCRIPTOR = 3;
/** `_IOFBF` of setvbuf(3): nothing is written until the stream is flushed. */
const FULLY_BUFFERED = 0;
const SIGKILL = 9;

/**
 * What a stuck plugin gets beyond its time, so that the ordinary timeout comes
 * first: milliseconds.
 */
const GRACE = 250;
/** After that, what the process gets to end by itself: milliseconds. */
const LAST_RESORT = 1000;

/**
 * Makes every ordinary end of this process one with a given exit code:
 * `Deno.exit(0)`, running off the end, an uncaught error, a plugin's
 * `process.exit(0)`. execve drops it.
 *
 * @param code The exit code, 1 to 255.
 *
 * Source: `exit` calls the functions registered with `__cxa_atexit` (LSB), and
 * `_exit` there does not return.
 */
export function latchExit(code: number): void {
  atExit("_exit", BigInt(code));
}

/**
 * glibc writes past a buffer that is small or that the text would fill
 * (fileops.c, `_IO_new_file_xsputn`).
 */
const SPARE = 4096;

/**
 * A line to be written when the process ends without its program having had a
 * say.
 */
export interface LastWord {
  readonly fd: number;
  readonly line: string;
}

/**
 * Leaves last words: each line is laid out in a C stream now and written only
 * if the process ends by itself. Such an end runs no JavaScript, and may come
 * while a plugin has the only thread that could.
 *
 * @throws {SystemCallError} If a descriptor or a stream cannot be made.
 */
export function leaveLastWords(words: readonly LastWord[]): void {
  const { fcntl, fdopen, fputs, malloc, setvbuf } = libc().calls;
  for (const { fd, line } of words) {
    const text = cString(line);
    const size = text.bytes.length + SPARE;
    // C's own memory: when Deno ends by itself, JavaScript's is gone before the
    // streams are flushed.
    const buffer = malloc(long(size));
    const copy = fcntl(int(fd), F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    const stream = copy < 0 ? 0n : fdopen(int(copy), cString("a").bytes);
    if (stream === 0n) {
      throw new SystemCallError("open a stream for last words");
    }
    if (setvbuf(pointer(stream), buffer, FULLY_BUFFERED, BigInt(size)) !== 0) {
      throw new SystemCallError("make a buffer for last words");
    }
    fputs(text.pointer, stream);
    atExit("fflush", stream);
  }
}

/**
 * Makes a clock that ends the process when a time is over, even while
 * JavaScript is in an endless loop: a C thread of its own calls `exit`, and
 * with that the latch. If that should not be enough, SIGKILL follows.
 *
 * @param code The exit code, 1 to 255.
 * @returns The clock, not yet started.
 * @throws {SystemCallError} If it cannot be made.
 */
export function makeDeadline(code: number): Timer {
  const call = functionAddress("exit");
  const ordinary = makeTimer({ call, argument: BigInt(code) });
  const lastResort = makeTimer({ signal: SIGKILL });
  return {
    start(milliseconds) {
      ordinary.start(milliseconds + GRACE);
      lastResort.start(milliseconds + GRACE + LAST_RESORT);
    },
    stop() {
      ordinary.stop();
      lastResort.stop();
    },
  };
}

/**
 * Has a C function of one word called at exit; the one registered last comes
 * first.
 */
function atExit(name: "_exit" | "fflush", argument: bigint): void {
  const OWNER = 0n;
  if (
    libc().calls.__cxa_atexit(
      pointer(functionAddress(name)),
      argument,
      OWNER,
    ) !== 0
  ) {
    throw new SystemCallError("latch the exit code");
  }
}
