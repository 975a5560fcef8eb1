import type { Journal, JournalRule, ScmpArch } from "../libseccomp/mod.ts";
import { describeAction } from "./action.ts";
import { type Finding, originsOf } from "./finding.ts";

/** A rule, and its conditions as texts that can be compared. */
interface Narrowed {
  readonly rule: JournalRule;
  readonly conditions: ReadonlySet<string>;
}

/**
 * Rules that never decide, because another rule for the call has some of their
 * conditions and no others.
 *
 * Where the wider rule comes first and has the conditions on the first of the
 * arguments, libseccomp drops the narrower one without a word; in the other order
 * it refuses the wider one with EEXIST. Where the wider rule has later arguments,
 * both are in the program, and the wider one is looked at first, in either order:
 * measured with each choice of one or two of three conditions, on libseccomp
 * 2.5.1, 2.5.4, 2.6.0 and 2.6.1.
 */
export function* lintNarrower({ rules }: Journal): Generator<Finding> {
  for (
    const forCall of Map.groupBy(rules, ({ syscall }) => syscall.number)
      .values()
  ) {
    const isWhole = (arch: ScmpArch) =>
      forCall.some(({ conditions, architectures }) =>
        conditions.length === 0 && architectures.includes(arch)
      );
    const conditional = forCall.filter((rule) =>
      rule.conditions.length > 0 && !rule.architectures.every(isWhole)
    ).map((rule) => ({ rule, conditions: conditionsOf(rule) }));
    for (const loser of conditional) {
      const winner = conditional.find((other) => decidesFor(other, loser));
      if (winner) yield describe(winner, loser);
    }
  }
}

/** Whether whatever a rule matches is matched by a wider rule as well. */
function decidesFor(wider: Narrowed, narrower: Narrowed): boolean {
  return !wider.rule.action.equals(narrower.rule.action) &&
    wider.conditions.size < narrower.conditions.size &&
    wider.conditions.isSubsetOf(narrower.conditions) &&
    wider.rule.architectures.some((arch) =>
      narrower.rule.architectures.includes(arch)
    );
}

function conditionsOf({ conditions }: JournalRule): ReadonlySet<string> {
  return new Set(
    conditions.map(({ argument, op, operandOne, operandTwo }) =>
      [argument, op, operandOne, operandTwo].join(" ")
    ),
  );
}

function describe(winner: Narrowed, loser: Narrowed): Finding {
  const { size } = winner.conditions;
  return {
    severity: "warning",
    message: `${loser.rule.syscall} has a rule ` +
      `${describeAction(loser.rule.action)} on ${loser.conditions.size} ` +
      `conditions, which loses to ${describeAction(winner.rule.action)} on ` +
      `${size === 1 ? "one" : size} of them`,
    origins: originsOf([winner.rule, loser.rule]),
  };
}
