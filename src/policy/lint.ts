import {
  getSyscallFromName,
  type Journal,
  type ScmpAction,
} from "../libseccomp/mod.ts";
import { errnoName } from "../libc/errno.ts";

/**
 * `BPF_MAXINSNS` of include/uapi/linux/bpf_common.h, and the size of one
 * instruction.
 */
const MOST_INSTRUCTIONS = 4096;
const INSTRUCTION_SIZE = 8;

/** What is wrong with a filter. */
export interface Finding {
  /**
   * `problem`: a job could not run. `warning`: it does not do what was asked.
   */
  readonly severity: "problem" | "warning";
  readonly message: string;
}

/**
 * Whether a filter refuses execve whatever its arguments, so that no driver
 * could ever be started under it.
 *
 * @param journal What the filter was told.
 * @returns Why it does, or `undefined` if it does not.
 */
export function refusesExecve(
  { defaultAction, rules }: Journal,
): string | undefined {
  const execve = getSyscallFromName("execve").number;
  const forExecve = rules.filter(({ syscall }) => syscall.number === execve);
  if (
    !passes(defaultAction) && !forExecve.some(({ action }) => passes(action))
  ) {
    return `the default action ${
      describeAction(defaultAction)
    } refuses execve and no rule allows it`;
  }
  const refusal = forExecve.find(({ action, conditions }) =>
    conditions.length === 0 && !passes(action)
  );
  return refusal &&
    `execve is refused with ${
      describeAction(refusal.action)
    } by ${refusal.origin}`;
}

/**
 * Finds what is wrong with a filter.
 *
 * @param journal What the filter was told.
 * @param program What libseccomp made of it.
 */
export function lint(journal: Journal, program: Uint8Array): Finding[] {
  const findings: Finding[] = [];
  const refusal = refusesExecve(journal);
  if (refusal) {
    findings.push({
      severity: "problem",
      message: `the driver could not be started: ${refusal}`,
    });
  }
  const instructions = program.length / INSTRUCTION_SIZE;
  if (instructions > MOST_INSTRUCTIONS) {
    findings.push({
      severity: "problem",
      message:
        `the filter has ${instructions} instructions, the kernel takes ${MOST_INSTRUCTIONS}`,
    });
  }
  const unconditional = new Map<number, ScmpAction>();
  for (const { syscall, action, conditions, origin } of journal.rules) {
    if (syscall.number < 0) {
      const message =
        `${syscall} does not exist on this machine; the rule of ${origin} has no effect`;
      findings.push({ severity: "warning", message });
    }
    if (conditions.length > 0) continue;
    const earlier = unconditional.get(syscall.number);
    if (earlier && !earlier.equals(action)) {
      const both = `${describeAction(earlier)} and ${describeAction(action)}`;
      const message =
        `${syscall} has two rules, ${both}, of which one loses (${origin})`;
      findings.push({ severity: "warning", message });
    }
    unconditional.set(syscall.number, action);
  }
  return findings;
}

function passes({ kind }: ScmpAction): boolean {
  return kind === "Allow" || kind === "Log";
}

/** An action as people write it: `ActErrno(EPERM)`. */
export function describeAction(action: ScmpAction): string {
  return action.kind === "Errno"
    ? `ActErrno(${errnoName(action.getReturnCode())})`
    : `${action}`;
}
