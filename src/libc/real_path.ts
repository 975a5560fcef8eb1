import { cString, libc, SystemCallError } from "./mod.ts";

/** `PATH_MAX` of include/uapi/linux/limits.h. */
const PATH_MAX = 4096;

/**
 * A path with every link resolved, as the kernel does it. Deno's own functions
 * take `a/..` for nothing, which is wrong where `a` is a link.
 *
 * @param path The path; a relative one starts at the current directory.
 * @returns The absolute path. Needs the ffi permission.
 * @throws {SystemCallError} If there is no such file, or the way to it is barred.
 *
 * Source: realpath(3).
 */
export function realPath(path: string): string {
  const resolved = new Uint8Array(PATH_MAX);
  if (libc().calls.realpath(cString(path).pointer, resolved) === 0n) {
    throw new SystemCallError(`find ${path}`);
  }
  return new TextDecoder().decode(resolved.subarray(0, resolved.indexOf(0)));
}
