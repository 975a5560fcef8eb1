import {
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
  type ScmpArch,
} from "../../libseccomp/mod.ts";
import { architectureFromOci, ociArchitecture } from "./names.ts";
import type { Report } from "./report.ts";
import type { OciDocument } from "./schema.ts";

/** The ABIs that a kernel of an architecture may offer. */
const OFFERED: ReadonlyMap<ScmpArch, readonly ScmpArch[]> = new Map([
  [ArchAMD64, [ArchAMD64, ArchX86, ArchX32]],
  [ArchARM64, [ArchARM64, ArchARM]],
]);

/**
 * The architectures that a profile covers on a host.
 *
 * `architectures` and `archMap` together are refused, as Docker and Podman do.
 * Of `archMap` the entry of the native architecture holds. The native
 * architecture is always covered: libseccomp starts every filter with it.
 *
 * Source: moby/profiles, seccomp/seccomp_linux.go, and containers/common,
 * pkg/seccomp/seccomp_linux.go: `setupSeccomp`.
 *
 * @param native The host's architecture.
 * @param report Is told what is left out and what is wrong.
 * @returns The architectures, the native one first.
 */
export function coveredArchitectures(
  { architectures, archMap }: OciDocument,
  native: ScmpArch,
  report: Report,
): ScmpArch[] {
  if (architectures.length > 0 && archMap.length > 0) {
    report.refuse("architectures and archMap: there may be only one of them");
  }
  const mapped = archMap.find(({ architecture }) =>
    architectureFromOci(architecture) === native
  );
  if (archMap.length > 0 && !mapped) {
    const name = ociArchitecture(native);
    report.note(`archMap has no ${name}: no other architecture is covered`);
  }
  const listed = [...architectures, ...mapped?.subArchitectures ?? []];
  const covered = new Set([native]);
  for (const name of listed) {
    const arch = architectureFromOci(name);
    if (!arch) {
      report.refuse(`${name} is no architecture`);
    } else if (OFFERED.get(native)?.includes(arch)) {
      covered.add(arch);
    } else {
      report.note(`${name} is left out: ${native} cannot run its programs`);
    }
  }
  return [...covered];
}

/**
 * Whether a rule for a system call has an effect on an architecture.
 *
 * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name.
 */
export function existsOn(name: string, arch: ScmpArch): boolean {
  const { number } = getSyscallFromNameByArch(name, arch);
  return number >= 0 || (arch === ArchX86 && isMultiplexed(number));
}

/**
 * Whether a pseudo-syscall is one of those that 32-bit x86 makes through
 * socketcall(2) and ipc(2), for which libseccomp rewrites the rule: `recv` exists
 * nowhere else on x86.
 *
 * Source: seccomp-syscalls.h, `__PNR_socket` to `__PNR_sendmmsg` and `__PNR_semop`
 * to `__PNR_shmctl`.
 */
function isMultiplexed(number: number): boolean {
  return (number <= -101 && number >= -120) ||
    (number <= -201 && number >= -224);
}
