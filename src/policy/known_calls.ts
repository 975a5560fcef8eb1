import {
  ArchX32,
  getNativeArch,
  type ScmpArch,
  ScmpError,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import { X32_BIT } from "../bpf/seccomp_data.ts";

/**
 * No system call of the ABIs of x86_64 and aarch64 has a higher number; gaps are
 * skipped.
 */
const HIGHEST = 1023;

/**
 * The names of all system calls that libseccomp knows on an ABI.
 *
 * @param arch The ABI; by default this machine's.
 */
export function knownSyscallNames(arch: ScmpArch = getNativeArch()): string[] {
  const first = arch === ArchX32 ? X32_BIT : 0;
  const names: string[] = [];
  for (let number = first; number <= first + HIGHEST; number++) {
    try {
      names.push(new ScmpSyscall(number).getNameByArch(arch));
    } catch (error) {
      if (!(error instanceof ScmpError)) throw error;
    }
  }
  return names;
}
