import type { ActionName } from "./ask_seccomp.ts";
import { type Diagnosis, ok, warning } from "./diagnosis.ts";
import type { KernelFacts } from "./kernel_facts.ts";
import { enumerate } from "../policy/finding.ts";

/** The actions whose records somebody waits for, and who that is. */
const AWAITED: readonly (readonly [ActionName, string])[] = [
  ["errno", "log_denied"],
  ["log", 'mode = "log"'],
];

/** Whether `log_denied` and `mode = "log"` have the kernel say anything. */
export function* diagnoseLogging(facts: KernelFacts): Generator<Diagnosis> {
  yield diagnoseActionsLogged(facts);
  yield diagnoseAudit(facts);
}

/** Source: seccomp(2), `/proc` interfaces; kernel/seccomp.c, `seccomp_log`. */
function diagnoseActionsLogged(
  { actions, actionsLogged }: KernelFacts,
): Diagnosis {
  const name = "logged";
  if (actionsLogged.text === undefined) {
    return ok(
      name,
      `which actions are logged cannot be told: ${actionsLogged.why}`,
    );
  }
  const logged = actionsLogged.text.split(" ");
  const silent = AWAITED.filter(([action]) =>
    actions.includes(action) && !logged.includes(action)
  );
  if (silent.length === 0) {
    return ok(name, "the kernel logs refused calls where a filter asks for it");
  }
  const keys = enumerate(silent.map(([, key]) => key));
  const missing = silent.map(([action]) => action);
  const wanted = actions.filter((action) =>
    logged.includes(action) || missing.includes(action)
  );
  return warning(
    name,
    `${keys} ${silent.length > 1 ? "have" : "has"} the kernel log nothing: ` +
      `kernel.seccomp.actions_logged is without ${enumerate(missing)}`,
    `sysctl kernel.seccomp.actions_logged="${wanted.join(" ")}"`,
  );
}

/**
 * The records are audit's: without it there are none.
 *
 * Source: kernel/audit.c, `audit_enable`, and fs/proc/base.c, where
 * CONFIG_AUDIT brings `loginuid`.
 */
function diagnoseAudit({ loginuid, commandLine }: KernelFacts): Diagnosis {
  const name = "audit";
  const silent = 'log_denied and mode = "log" have the kernel log nothing';
  if (loginuid.text === undefined) {
    return warning(
      name,
      `${silent}: it has no audit (${loginuid.why})`,
      "run a kernel with CONFIG_AUDIT, if refused calls are to be logged",
    );
  }
  const asked = commandLine.text?.split(/\s+/)
    .findLast((word) => word.startsWith("audit="));
  if (asked === "audit=0" || asked === "audit=off") {
    return warning(
      name,
      `${silent}: it was booted with ${asked}`,
      `take ${asked} from the kernel's command line`,
    );
  }
  return ok(
    name,
    "the records go to auditd, or without it to the kernel's own log",
  );
}
