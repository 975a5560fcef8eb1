import { cString, libc, SystemCallError } from "./mod.ts";

const LIBC = {
  // ssize_t getxattr(const char *path, const char *name, void *value, size_t
  // size)
  getxattr: {
    parameters: [{ struct: ["pointer"] }, "buffer", "buffer", "usize"],
    result: "isize",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Where the kernel keeps a file's capabilities (capabilities(7)). */
const ATTRIBUTE = "security.capability";
const ENODATA = 61;
/** What file systems without extended attributes answer. */
const EOPNOTSUPP = 95;

/**
 * Whether a program's file gives capabilities to whoever starts it.
 *
 * @param path The file's path. Needs the ffi permission.
 * @throws {SystemCallError} If that cannot be told.
 *
 * Source: getxattr(2), capabilities(7) "File capabilities".
 */
export function hasFileCapabilities(path: string): boolean {
  const { getxattr } = Deno.dlopen("libc.so.6", LIBC).symbols;
  const name = cString(ATTRIBUTE).bytes;
  if (getxattr(cString(path).pointer, name, null, 0n) >= 0n) return true;
  const [why] = libc().errno;
  if (why === ENODATA || why === EOPNOTSUPP) return false;
  throw new SystemCallError(`read the capabilities of ${path}`, why);
}
