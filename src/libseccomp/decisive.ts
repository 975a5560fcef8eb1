import type { ScmpArch } from "./arch.ts";
import type { JournalRule } from "./journal.ts";

/**
 * The rules that decide: of a call that has one without conditions, the first
 * of those wins over all others (`db_rule_add` of src/db.c).
 */
export function decisive(rules: readonly JournalRule[]): JournalRule[] {
  const winners = new Map<string, JournalRule>();
  const key = ({ syscall }: JournalRule, arch: ScmpArch) =>
    `${syscall.number} ${arch.token}`;
  for (const rule of rules) {
    if (rule.conditions.length > 0) continue;
    for (const arch of rule.architectures) {
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
