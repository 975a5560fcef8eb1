import { errno } from "../libc/errno.ts";
import { int, libc, SystemCallError } from "../libc/mod.ts";
import { openNowhere } from "./nowhere.ts";
import { makeFileOf } from "./same_file.ts";
import { stow } from "./stow.ts";

const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
/** Above the three standard descriptors. */
const FIRST_DESCRIPTOR = 3;
/** How much higher Deno's copies of the standard descriptors may be than ours. */
const LEEWAY = 16;
/** Of unshare(2). */
const CLONE_FILES = 0x400;
const STANDARD = [0, 1, 2] as const;

/** The driver's standard descriptors, kept where a plugin cannot reach them. */
export interface KeptStdio {
  /** The descriptor that standard error has meanwhile. */
  readonly stderr: number;
  /**
   * Puts all three back, for this thread alone. Where an outer filter refuses
   * unshare(2), as some containers do, for all threads.
   *
   * @throws {Error} If they cannot be put back.
   */
  restore(): void;
}

/**
 * Keeps the driver's standard input, output and error from plugins: what a
 * plugin prints would be the driver's output, what it reads would be missing
 * from the driver's input.
 *
 * Copies of them under other numbers would not do: `net.Socket` of `node:net`
 * takes any number of a pipe, reads, writes and closes. Only of standard error
 * there is one, because errors have to be told.
 *
 * @param showOutput Where a plugin's output goes: to standard error, or, if
 * false, nowhere.
 * @throws {SystemCallError} If a descriptor cannot be made.
 */
export function keepStdio(showOutput: boolean): KeptStdio {
  const { calls, errno: lastError } = libc();
  const { close, dup2, fcntl, unshare } = calls;
  const duplicate = (from: number, to: number) => {
    if (dup2(int(from), to) < 0) {
      throw new SystemCallError(`redirect descriptor ${from}`);
    }
  };
  // They are the file's, not the descriptor's: who makes a copy of standard
  // error non-blocking makes the driver's so.
  const flags = STANDARD.map((fd) => fcntl(int(fd), F_GETFL, 0));
  const kept = stow(STANDARD);
  const stderr = fcntl(int(2), F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
  if (stderr < 0) throw new SystemCallError("keep standard error");
  const nowhere = openNowhere();
  for (const copy of copies(stderr + LEEWAY)) {
    duplicate(nowhere, copy);
    fcntl(int(copy), F_SETFD, FD_CLOEXEC);
  }
  duplicate(nowhere, 0);
  duplicate(showOutput ? stderr : nowhere, 1);
  duplicate(showOutput ? stderr : nowhere, 2);
  close(int(nowhere));
  return {
    stderr,
    restore() {
      // A worker that a plugin left behind is a thread, and threads share their
      // descriptors; from here on it has those without the driver's.
      if (unshare(int(CLONE_FILES)) !== 0 && lastError[0] !== errno.EPERM) {
        throw new SystemCallError("part with the other threads' descriptors");
      }
      kept.take().forEach((copy, fd) => {
        duplicate(copy, fd);
        fcntl(int(fd), F_SETFL, flags[fd]);
      });
    },
  };
}

/**
 * Copies that Deno has made of standard input and output for itself. What the
 * driver inherits is none, and where standard error is the same file, it is the
 * one that a plugin may have.
 */
function copies(highest: number): number[] {
  const { fcntl } = libc().calls;
  const fileOf = makeFileOf();
  const error = fileOf(2);
  const hidden = [fileOf(0), fileOf(1)].filter((file) => file !== error);
  const found: number[] = [];
  for (let fd = FIRST_DESCRIPTOR; fd <= highest; fd++) {
    const file = fileOf(fd);
    if (file === undefined || !hidden.includes(file)) continue;
    if ((fcntl(int(fd), F_GETFD, 0) & FD_CLOEXEC) !== 0) found.push(fd);
  }
  return found;
}
