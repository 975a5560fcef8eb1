import { libc, long, memory } from "../libc/mod.ts";

/** Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const SYS_FSTAT = Deno.build.arch === "aarch64" ? 80n : 5n;
/** `struct stat` begins with `st_dev` and `st_ino`, eight bytes each; it is no longer than this. */
const STAT_SIZE = 256;

/**
 * Tells which file is behind a descriptor, by a text that is the same for the
 * same file; `undefined` if there is none.
 *
 * Source: fstat(2), made by its number: glibc before 2.33 has no such function.
 */
export function makeFileOf(): (descriptor: number) => string | undefined {
  const { syscall } = libc().calls;
  const { bytes, address } = memory(new Uint8Array(STAT_SIZE));
  const view = new DataView(bytes.buffer);
  const number = long(SYS_FSTAT);
  return (descriptor) => {
    if (syscall(number, BigInt(descriptor), address, null) !== 0n) {
      return undefined;
    }
    return `${view.getBigUint64(0, true)} ${view.getBigUint64(8, true)}`;
  };
}
