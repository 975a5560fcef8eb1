import { ScmpSyscall } from "../libseccomp/mod.ts";

/**
 * No system call of x86_64 or aarch64 has a higher number; gaps are skipped.
 */
const HIGHEST = 1023;

/** The names of all system calls that libseccomp knows on this architecture. */
export function knownSyscallNames(): string[] {
  const names: string[] = [];
  for (let number = 0; number <= HIGHEST; number++) {
    const call = new ScmpSyscall(number);
    const name = call.toString();
    if (!name.startsWith("[")) names.push(name);
  }
  return names;
}
