import { errno } from "../libc/errno.ts";
import { cString, int, libc, SystemCallError } from "../libc/mod.ts";

const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;
/** Above the three standard descriptors. */
const FIRST_DESCRIPTOR = 3;
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
   * @throws {SystemCallError} If they cannot be put back.
   */
  restore(): void;
}

/**
 * Keeps the driver's standard input, output and error from plugins: what a
 * plugin prints would be the driver's output, what it reads would be missing
 * from the driver's input.
 *
 * @param showOutput Where a plugin's output goes: to standard error, or, if
 * false, nowhere.
 * @throws {SystemCallError} If a descriptor cannot be made.
 */
export function keepStdio(showOutput: boolean): KeptStdio {
  const { calls, errno: lastError } = libc();
  const { close, dup2, fcntl, open, unshare } = calls;
  const duplicate = (from: number, to: number) => {
    if (dup2(int(from), to) < 0) {
      throw new SystemCallError(`redirect descriptor ${from}`);
    }
  };
  const kept = STANDARD.map((fd) => {
    const copy = fcntl(int(fd), F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    if (copy < 0) throw new SystemCallError(`keep descriptor ${fd}`);
    return { fd, copy };
  });
  const nowhere = open(cString("/dev/null").pointer, O_RDWR | O_CLOEXEC, 0);
  if (nowhere < 0) throw new SystemCallError("open /dev/null");
  const stderr = kept[2].copy;
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
      for (const { fd, copy } of kept) duplicate(copy, fd);
    },
  };
}
