import {
  ActAllow,
  CompareMaskedEqual,
  getNativeArch,
  getSyscallFromName,
  type Journal,
  type JournalRule,
  makeCondition,
  type ScmpSyscall,
} from "../libseccomp/mod.ts";
import { passes } from "./action.ts";

/** `SECCOMP_SET_MODE_FILTER`, the first argument of seccomp(2). */
const SET_MODE_FILTER = 1;
const WORD = 0xffff_ffff;

/** A filter's rules for seccomp(2) as this program makes it. */
function onSeccomp(
  { rules }: Journal,
): readonly [syscall: ScmpSyscall, rules: readonly JournalRule[]] {
  const syscall = getSyscallFromName("seccomp");
  const native = getNativeArch();
  return [
    syscall,
    rules.filter((rule) =>
      rule.syscall.number === syscall.number &&
      rule.architectures.includes(native)
    ),
  ];
}

/** Whether a filter certainly lets another one be loaded after it. */
export function letsLoad(journal: Journal): boolean {
  const [, rules] = onSeccomp(journal);
  if (rules.some(({ action }) => !passes(action))) return false;
  return passes(journal.defaultAction) ||
    rules.some(({ conditions }) => conditions.length === 0);
}

/**
 * The same filter, but that it lets another one be loaded after it. Nothing is
 * lost by that, because the other one has the very same rules for seccomp(2).
 *
 * @throws {Error} If it refuses seccomp(2) in a way that the other does not.
 */
export function openForLoad(journal: Journal, after: Journal): Journal {
  const [syscall, own] = onSeccomp(journal);
  const [, others] = onSeccomp(after);
  if (
    !journal.defaultAction.equals(after.defaultAction) ||
    own.map(describeRule).join() !== others.map(describeRule).join()
  ) {
    throw new Error(
      "enforce_defaults cannot be: configuration and plugin refuse seccomp in different ways, and loading " +
        "the second filter needs it; have the plugin allow it, the configuration refuses it all the same",
    );
  }
  const native = getNativeArch();
  const rules = journal.rules.flatMap((rule) => {
    if (!own.includes(rule) || passes(rule.action)) return [rule];
    const architectures = rule.architectures.filter((arch) => arch !== native);
    return architectures.length === 0 ? [] : [{ ...rule, architectures }];
  });
  if (passes(journal.defaultAction)) return { ...journal, rules };
  const condition = makeCondition(0, CompareMaskedEqual, WORD, SET_MODE_FILTER);
  return {
    ...journal,
    rules: [...rules, {
      syscall,
      action: ActAllow,
      conditions: [condition],
      architectures: [native],
      exact: false,
      origin: "enforce_defaults",
    }],
  };
}

/** All that a rule does, as a text to compare. */
function describeRule({ action, conditions }: JournalRule): string {
  const parts = conditions.map(({ argument, op, operandOne, operandTwo }) =>
    `${argument} ${op} ${operandOne} ${operandTwo}`
  );
  return [action, ...parts].join(" & ");
}
