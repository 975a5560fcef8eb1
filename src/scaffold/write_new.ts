import { cString, int, libc, SystemCallError } from "../libc/mod.ts";

const POINTER = { struct: ["pointer"] } as const;

/** What only a command that makes files has a use for. */
const LIBC = {
  // mode_t umask(mode_t mask)
  umask: { parameters: [{ struct: ["u32"] }], result: "u32" },
  // int mkdir(const char *pathname, mode_t mode)
  mkdir: { parameters: [POINTER, "u32"], result: "i32" },
  // int unlink(const char *pathname)
  unlink: { parameters: [POINTER], result: "i32" },
  // int rmdir(const char *pathname)
  rmdir: { parameters: [POINTER], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Of open(2); the same on x86_64 and aarch64. */
const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_CLOEXEC = 0o2000000;

/** Everybody may read, and only the owner write: else no plugin is trusted. */
const UMASK = 0o022;

/** A file that is to be written. */
export interface NewFile {
  /** Its name within the folder, without a slash. */
  readonly name: string;
  readonly text: string;
}

/**
 * Writes files that were not there before, all of them or none. Needs the ffi
 * permission.
 *
 * @param folder The folder. It is made if it is missing, its parent is not.
 * @param files The files.
 * @throws {SystemCallError} If one cannot be written, with `EEXIST` if there is
 * something of its name.
 *
 * Source: open(2), mkdir(2).
 */
export function writeNew(folder: string, files: readonly NewFile[]): void {
  const { umask, mkdir, unlink, rmdir } =
    Deno.dlopen("libc.so.6", LIBC).symbols;
  umask(Uint32Array.of(UMASK));
  const undo: (() => void)[] = [];
  try {
    const path = cString(folder).pointer;
    if (mkdir(path, 0o777) === 0) undo.push(() => rmdir(path));
    else requireExisting(folder);
    for (const { name, text } of files) {
      const file = `${folder}/${name}`;
      const path = cString(file).pointer;
      const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
      const fd = libc().calls.open(path, flags, 0o666);
      if (fd < 0) throw new SystemCallError(`make ${file}`);
      undo.push(() => unlink(path));
      writeAll(fd, file, text);
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** What is there and is no folder is found when the first file is made. */
function requireExisting(folder: string): void {
  const error = new SystemCallError(`make ${folder}`);
  if (error.code !== "EEXIST") throw error;
}

function writeAll(fd: number, file: string, text: string): void {
  const { write, close } = libc().calls;
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    const count = Number(write(int(fd), rest, BigInt(rest.length)));
    if (count < 0) {
      const error = new SystemCallError(`write ${file}`);
      close(int(fd));
      throw error;
    }
    rest = rest.subarray(count);
  }
  // Where files are on another machine, some errors come only now.
  if (close(int(fd)) < 0) throw new SystemCallError(`write ${file}`);
}
