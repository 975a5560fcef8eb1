import { cString, int, libc, SystemCallError } from "../libc/mod.ts";
import { SIG_IGN, SIGXFSZ } from "../libc/signal.ts";
import { learnCalls } from "./_calls.ts";

/** Of open(2); the same on x86_64 and aarch64. */
const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_CLOEXEC = 0o2000000;

/**
 * Writes a file whole or not at all: what was there before stays until all is
 * written, and what others put in its way is not followed. Only the user may
 * write it, as a plugin or a configuration must be. Needs the ffi permission.
 *
 * @param path The file.
 * @param text What it is to hold.
 * @throws {SystemCallError} If it cannot be written.
 *
 * Source: open(2), rename(2).
 */
export function replaceFile(path: string, text: string): void {
  const { open, fsync, close, rename, unlink } = learnCalls();
  // Not its pid: in a container that is another's soon.
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const name = cString(temporary).bytes;
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  // A limit on file sizes would end this process by a signal.
  libc().calls.signal(int(SIGXFSZ), SIG_IGN);
  const fd = open(name, flags, 0o644);
  const requireDone = (value: number) => {
    if (value < 0) throw new SystemCallError(`write ${path}`);
  };
  requireDone(fd);
  try {
    try {
      writeAll(fd, new TextEncoder().encode(text), requireDone);
      requireDone(fsync(fd));
    } finally {
      close(fd);
    }
    requireDone(rename(name, cString(path).bytes));
  } catch (error) {
    unlink(name);
    throw error;
  }
}

function writeAll(
  fd: number,
  bytes: Uint8Array<ArrayBuffer>,
  requireDone: (value: number) => void,
): void {
  const { write } = learnCalls();
  for (let rest = bytes; rest.length > 0;) {
    const count = write(fd, rest, rest.length);
    requireDone(count);
    rest = rest.subarray(count);
  }
}
