import { int, libc, SystemCallError } from "../libc/mod.ts";

/** `RLIMIT_NOFILE` of getrlimit(2). */
export const RLIMIT_NOFILE = 7;

/**
 * The limit on open files to put back before the driver is executed.
 *
 * `deno run` raises its own soft limit to the hard one; an executable made by
 * `deno compile` does not, so there is nothing to put back. The limit that this
 * process was started with is nowhere to be read, but its parent's is, and that
 * is nearly always the same.
 *
 * @returns `struct rlimit`, or `undefined` if the limit is as it was.
 * @throws {SystemCallError} If the parent's limits may not be read.
 *
 * Source: getrlimit(2).
 */
export function parentFileLimit(): Uint8Array<ArrayBuffer> | undefined {
  if (Deno.build.standalone) return undefined;
  const limit = new Uint8Array(16);
  if (libc().calls.prlimit(int(Deno.ppid), RLIMIT_NOFILE, 0n, limit) !== 0) {
    throw new SystemCallError("read the parent's limit on open files");
  }
  return limit;
}
