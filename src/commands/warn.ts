import { getLibraryVersion, getNativeArch } from "../libseccomp/mod.ts";
import type { Privileges } from "../launch/privileges.ts";
import type { Plan } from "../policy/plan.ts";
import type { Policy } from "../policy/policy.ts";
import { journaled, type Layer } from "../policy/stack.ts";
import type { Failure } from "./failure.ts";

/** What `exec` knows when its filters are ready. */
interface Ready {
  readonly layers: readonly Layer[];
  readonly plan: Plan;
  readonly privileges: Privileges;
  readonly policy: Policy;
  readonly failure: Failure;
}

/**
 * Writes to the system log what is unlikely to be meant, as `check` would show
 * it: warnings with level `warn`, what is so on this machine whatever the filter
 * with level `debug`.
 */
export async function warn(
  { layers, plan, privileges, policy, failure }: Ready,
): Promise<void> {
  const { lint } = await import("../policy/lint.ts");
  const findings = lint(journaled(layers), {
    architecture: getNativeArch(),
    libseccomp: getLibraryVersion(),
    noNewPrivs: privileges.noNewPrivs,
  });
  try {
    const describe = findings.some(({ origins }) => origins.length > 0)
      ? await policy.describeOrigins()
      : String;
    for (const { severity, message, origins } of findings) {
      const level = severity === "notice" ? "debug" : "warn";
      const from = origins.length === 0
        ? undefined
        : [...new Set(origins.map(describe))];
      failure.note(level, message, from);
    }
    for (const note of plan.notes) failure.note("debug", note);
  } catch {
    // A warning that cannot be written is no reason to refuse the job: it will
    // run under its filter.
  }
}
