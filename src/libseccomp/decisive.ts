import type { ScmpArch } from "./arch.ts";
import type { ScmpCondition } from "./condition.ts";
import type { JournalRule } from "./journal.ts";

/**
 * Whether a condition looks at any bit of its argument on an architecture. One
 * that does not always holds, and libseccomp drops it (src/db.c,
 * `_db_arg_cmp_need_lo`).
 */
export function looks(
  { op, operandOne }: ScmpCondition,
  { is64Bit }: ScmpArch,
): boolean {
  if (op.comparison !== "MaskedEqual") return true;
  return (is64Bit ? operandOne : BigInt.asUintN(32, operandOne)) !== 0n;
}

/**
 * The rules that decide: of a call that has one without conditions, the first
 * of those wins over all others (`db_rule_add` of src/db.c).
 */
export function decisive(rules: readonly JournalRule[]): JournalRule[] {
  const winners = new Map<string, JournalRule>();
  const key = ({ syscall }: JournalRule, arch: ScmpArch) =>
    `${syscall.number} ${arch.token}`;
  for (const rule of rules) {
    for (const arch of rule.architectures) {
      if (rule.conditions.some((condition) => looks(condition, arch))) continue;
      if (!winners.has(key(rule, arch))) winners.set(key(rule, arch), rule);
    }
  }
  return rules.flatMap((rule) => {
    const architectures = rule.architectures.filter((arch) =>
      (winners.get(key(rule, arch)) ?? rule) === rule
    );
    return architectures.length === 0 ? [] : [{ ...rule, architectures }];
  });
}
