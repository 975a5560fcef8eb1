import type { ScmpArch } from "../../libseccomp/mod.ts";
import { offeredBy } from "../offered.ts";
import { architectureFromOci, ociArchitecture } from "./names.ts";
import type { Report } from "./report.ts";
import type { OciDocument } from "./schema.ts";

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
    } else if (offeredBy(native).includes(arch)) {
      covered.add(arch);
    } else {
      report.note(`${name} is left out: ${native} cannot run its programs`);
    }
  }
  return [...covered];
}
