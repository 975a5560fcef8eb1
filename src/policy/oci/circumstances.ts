import { ArchAMD64, ArchARM64, type ScmpArch } from "../../libseccomp/mod.ts";
import type { OciCircumstances, OciEntry } from "./schema.ts";

/** What a profile is evaluated for. */
export interface ProfileHost {
  /** The native architecture. */
  readonly architecture: ScmpArch;
  /** The kernel's release, as `uname -r` prints it. */
  readonly kernel: string;
  /**
   * The capabilities of the processes that the filter is for, as
   * `CAP_SYS_ADMIN`.
   */
  readonly capabilities: ReadonlySet<string>;
  /**
   * The architectures that the filter will cover, whatever the profile says;
   * left out, those of the profile.
   */
  readonly architectures?: readonly ScmpArch[];
}

/** Go's names, which profiles use here; all others are libseccomp's own. */
const GO_NAMES: ReadonlyMap<ScmpArch, string> = new Map([
  [ArchAMD64, "amd64"],
  [ArchARM64, "arm64"],
]);

/**
 * Why an entry of a profile is not for a host.
 *
 * An entry is for a host that has all that `includes` names and nothing of what
 * `excludes` names. Only the native architecture counts: an entry for `x32` alone
 * is not for x86_64, though that may run x32 programs.
 *
 * Source: moby/profiles, seccomp/seccomp_linux.go, `setupSeccomp`, which for
 * capabilities and architectures is that of containers/common.
 *
 * @returns What the entry is for instead, as in "it is …"; `undefined` if it is
 * for this host.
 */
export function whyNotFor(
  { includes, excludes }: Pick<OciEntry, "includes" | "excludes">,
  host: ProfileHost,
): string | undefined {
  return notIncluded(includes, host) ?? excluded(excludes, host);
}

function notIncluded(
  { caps, arches, minKernel }: OciCircumstances,
  host: ProfileHost,
): string | undefined {
  if (arches.length > 0 && !arches.includes(goName(host))) {
    return `for ${arches.join(", ")} only`;
  }
  const lacking = caps.filter((cap) => !host.capabilities.has(cap));
  if (lacking.length > 0) return `for ${lacking.join(", ")} only`;
  if (minKernel !== undefined && !isAtLeast(host.kernel, minKernel)) {
    return `for Linux ${minKernel} and later`;
  }
  return undefined;
}

function excluded(
  { caps, arches, minKernel }: OciCircumstances,
  host: ProfileHost,
): string | undefined {
  if (arches.includes(goName(host))) return `not for ${goName(host)}`;
  const having = caps.filter((cap) => host.capabilities.has(cap));
  if (having.length > 0) return `not for ${having.join(", ")}`;
  if (minKernel !== undefined && isAtLeast(host.kernel, minKernel)) {
    return `for Linux before ${minKernel}`;
  }
  return undefined;
}

function goName({ architecture }: ProfileHost): string {
  return GO_NAMES.get(architecture) ?? architecture.name;
}

/** Only the first two numbers count: 3.12.25-gentoo and 3.12-1-amd64 are equal. */
function isAtLeast(kernel: string, least: string): boolean {
  const [major, minor] = kernel.split(".").map((part) => parseInt(part));
  const [leastMajor, leastMinor] = least.split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
