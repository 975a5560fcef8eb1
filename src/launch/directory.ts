import { cString, int, libc, SystemCallError } from "../libc/mod.ts";

const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

const FCHDIR = {
  // int fchdir(int fd)
  fchdir: { parameters: [{ struct: ["i32"] }], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Keeps the current directory: where a plugin has the read permission, as in
 * `deno run`, it may go to another one, and the driver may be named from here.
 *
 * @returns Goes back to it. In one that may not be searched, which cannot be
 * kept, no file can be named either, and nothing is done.
 */
export function keepDirectory(): () => void {
  const fd = libc().calls.open(cString(".").pointer, O_PATH | O_CLOEXEC, 0);
  if (fd < 0) return () => {};
  const { fchdir } = Deno.dlopen("libc.so.6", FCHDIR).symbols;
  const kept = int(fd);
  return () => {
    if (fchdir(kept) !== 0) {
      throw new SystemCallError("go back to the current directory");
    }
  };
}
