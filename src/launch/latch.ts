import {
  cString,
  functionAddress,
  int,
  libc,
  long,
  pointer,
  SystemCallError,
} from "../libc/mod.ts";
import { SIGKILL } from "../libc/signal.ts";
import { makeTimer, type Timer } from "../libc/timer.ts";

const F_DUPFD_CLOEXEC = 1030;
const F_GETFL = 3;
const O_ACCMODE = 3;
const O_RDONLY = 0;
const FIRST_DESCRIPTOR = 3;
/** `_IOFBF` of setvbuf(3): nothing is written until the stream is flushed. */
const FULLY_BUFFERED = 0;

/**
 * When each way to end the process is tried after the first: milliseconds. The
 * second may lose the last words, the third loses the exit code; they come too
 * early where all was stopped for as long, as on a machine that has too much to
 * do.
 */
const DELAYS = [0, 3000, 10_000];

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
    const access = fcntl(int(fd), F_GETFL, 0) & O_ACCMODE;
    if (access === O_RDONLY) continue; // Nobody could be told there anyway.
    const text = cString(line);
    const size = text.bytes.length + SPARE;
    // C's own memory: when Deno ends by itself, JavaScript's is gone before the
    // streams are flushed.
    const buffer = malloc(long(BigInt(size)));
    const copy = fcntl(int(fd), F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    const stream = copy < 0 ? 0n : fdopen(int(copy), cString("w").bytes);
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
 * with that the latch. Where the last words cannot be written, as to a full
 * pipe, `_exit` follows three seconds later, and SIGKILL where there can be no
 * thread.
 *
 * @param code The exit code, 1 to 255.
 * @returns The clock, not yet started.
 * @throws {SystemCallError} If it cannot be made.
 */
export function makeDeadline(code: number): Timer {
  const argument = BigInt(code);
  const ways = [
    makeTimer({ call: functionAddress("exit"), argument }),
    makeTimer({ call: functionAddress("_exit"), argument }),
    makeTimer({ signal: SIGKILL }),
  ];
  return {
    start(milliseconds) {
      ways.forEach((way, index) => way.start(milliseconds + DELAYS[index]));
    },
    stop() {
      for (const way of ways) way.stop();
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
