/**
 * What a machine offers: ABIs, and the calls of each.
 *
 * @module
 */
import {
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
  type ScmpArch,
} from "../libseccomp/mod.ts";
import { multiplexedBy } from "../libseccomp/multiplexed.ts";

const OFFERED: ReadonlyMap<ScmpArch, readonly ScmpArch[]> = new Map([
  [ArchAMD64, [ArchAMD64, ArchX86, ArchX32]],
  [ArchARM64, [ArchARM64, ArchARM]],
]);

/** The ABIs that a kernel of an architecture may offer, its own first. */
export function offeredBy(native: ScmpArch): readonly ScmpArch[] {
  return OFFERED.get(native) ?? [native];
}

/**
 * Whether a rule for a system call has an effect on an architecture: that has
 * the call, or makes it through socketcall(2) or ipc(2), for which libseccomp
 * rewrites the rule. Of the architectures that are offered, only x86 has these
 * two: `recv` exists nowhere else.
 *
 * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name.
 */
export function existsOn(name: string, arch: ScmpArch): boolean {
  const { number } = getSyscallFromNameByArch(name, arch);
  return number >= 0 ||
    (arch === ArchX86 && multiplexedBy(number) !== undefined);
}
