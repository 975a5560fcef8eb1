import { cString, libc, long, SystemCallError } from "../libc/mod.ts";

/** Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const SYS_MEMFD_CREATE = Deno.build.arch === "aarch64" ? 279n : 319n;
const MFD_CLOEXEC = 1n;
/** Since Linux 6.3, where a machine may ask for it (`vm.memfd_noexec`). */
const MFD_NOEXEC_SEAL = 8n;

/**
 * A file in memory that nobody reads. It is not `/dev/null`: that is everybody's,
 * and `fchmodSync` of `node:fs` changes the mode of what is behind a standard
 * descriptor without asking for a permission.
 *
 * @throws {SystemCallError} If it cannot be made.
 *
 * Source: memfd_create(2).
 */
export function openNowhere(): number {
  const { syscall } = libc().calls;
  const name = cString("plugin output");
  const create = (flags: bigint) =>
    Number(syscall(long(SYS_MEMFD_CREATE), name.address, flags, null));
  const sealed = create(MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  const fd = sealed < 0 ? create(MFD_CLOEXEC) : sealed;
  if (fd < 0) throw new SystemCallError("make a file for plugins' output");
  return fd;
}
