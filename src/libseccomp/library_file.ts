import { readKernelFile } from "../libc/kernel_file.ts";
import { SONAME } from "./_symbols.ts";

/** `ADDRESS-ADDRESS PERMISSIONS OFFSET DEVICE INODE PATH`. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ +(\/.*)$/gm;

/**
 * The file from which the dynamic linker took libseccomp.
 *
 * @returns Its path without links; `undefined` if the kernel does not tell.
 * Needs the ffi permission.
 * @throws {TypeError} If the library cannot be opened.
 * @throws {SystemCallError} If this process may not look at itself, as where its
 * file may be executed and not be read.
 *
 * Source: proc_pid_maps(5).
 */
export function getLibraryFile(): string | undefined {
  const { symbols: { seccomp_version } } = Deno.dlopen(SONAME, {
    // Opened as a variable, so its address is what there is.
    seccomp_version: { type: "pointer" },
  });
  const address = Deno.UnsafePointer.value(seccomp_version);
  const maps = readKernelFile("/proc/self/maps") ?? "";
  for (const [, from, to, path] of maps.matchAll(MAPPING)) {
    const isThere = BigInt(`0x${from}`) <= address &&
      address < BigInt(`0x${to}`);
    if (isThere) return path;
  }
  return undefined;
}
