import { getLibraryVersion, getNativeArch } from "../libseccomp/mod.ts";
import type { Privileges } from "../launch/privileges.ts";
import { lint } from "../policy/lint.ts";
import type { Plan } from "../policy/plan.ts";
import type { Policy } from "../policy/policy.ts";
import { journaled, type Layer } from "../policy/stack.ts";
import type { Failure } from "./failure.ts";

/** What is known before the filters are ready. */
interface Preparation {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly privileges: Privileges;
  readonly failure: Failure;
  readonly describeOrigin: (origin: string) => string;
}

/**
 * Prepares to tell the system log what is unlikely to be meant, as `check` would
 * show it: warnings and known faults of the library with level `warn`, what else
 * is so on this machine whatever the filter with level `debug`.
 *
 * @returns What does so, without waiting for anything, once the filters are
 * ready.
 */
export function prepareWarnings(
  { plan, policy, privileges, failure, describeOrigin }: Preparation,
): (layers: readonly Layer[]) => void {
  const surroundings = {
    architecture: getNativeArch(),
    libseccomp: getLibraryVersion(),
    noNewPrivs: privileges.noNewPrivs,
    asksNoNewPrivs: policy.noNewPrivs === true,
  };
  return (layers) => {
    try {
      const findings = lint(journaled(layers), surroundings);
      for (const { severity, message, origins, isAdvisory } of findings) {
        const isMinor = severity === "notice" && !isAdvisory;
        const level = isMinor ? "debug" : "warn";
        const from = new Set(origins.map(describeOrigin));
        failure.note(level, message, from.size > 0 ? [...from] : undefined);
      }
      for (const note of plan.notes) failure.note("debug", note);
    } catch {
      // A warning that cannot be found or written is no reason to refuse the
      // job: it will run under its filter.
    }
  };
}
