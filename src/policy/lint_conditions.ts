import { formatCondition } from "../bpf/condition.ts";
import type { MeantCondition } from "../bpf/meaning.ts";
import { looks } from "../libseccomp/decisive.ts";
import { meantBy } from "../libseccomp/meaning.ts";
import type {
  Journal,
  JournalRule,
  ScmpArch,
  ScmpCondition,
} from "../libseccomp/mod.ts";
import { exists, isKnown } from "./call_state.ts";
import { enumerate, type Finding, originsOf } from "./finding.ts";

const WORD = 0xffff_ffffn;

/** A condition that is not what it looks like. */
interface Oddity {
  readonly rule: JournalRule;
  /** The architectures on which it is so, ` on x86`; empty: on all. */
  readonly where: string;
  readonly says: string;
}

/**
 * Finds conditions that mean something else than what is written. By
 * seccomp_rule_add(3) and src/db.c of libseccomp, only the lower 32 bits of
 * mask and value count on 32-bit ABIs, and of the value only what is in the
 * mask; a comparison of no bits is dropped.
 */
export function* lintConditions(
  journals: readonly Journal[],
): Generator<Finding> {
  const found = journals.flatMap(({ rules }) =>
    rules.flatMap((rule) => [...oddities(rule)])
  );
  for (
    const same of Map.groupBy(found, ({ where, says }) => `${where}:${says}`)
      .values()
  ) {
    const [{ where, says }] = same;
    const rules = same.map(({ rule }) => rule);
    const names = new Set(rules.map(({ syscall }) => `${syscall}`));
    yield {
      severity: "warning",
      message: `${enumerate([...names])}${where}: ${says}`,
      origins: originsOf(rules),
    };
  }
}

function* oddities(rule: JournalRule): Generator<Oddity> {
  const name = `${rule.syscall}`;
  const architectures = rule.architectures.filter((arch) =>
    !isKnown(name) || exists(name, arch)
  );
  for (const condition of rule.conditions) {
    const said = architectures.flatMap((arch) =>
      [...misread(condition, rule, arch)].map((says) => ({ arch, says }))
    );
    for (const [says, on] of Map.groupBy(said, ({ says }) => says)) {
      const where = on.length === architectures.length
        ? ""
        : ` on ${enumerate(on.map(({ arch }) => arch.name))}`;
      yield { rule, where, says };
    }
  }
}

/** What an architecture takes a condition for, if for something else. */
function* misread(
  condition: ScmpCondition,
  { conditions }: JournalRule,
  arch: ScmpArch,
): Generator<string> {
  const meant = meantBy(condition);
  const written = write(meant);
  if (!looks(condition, arch)) {
    const isWhole = !conditions.some((other) => looks(other, arch));
    yield `${written} always holds` +
      (isWhole
        ? ": the rule is one without conditions, and decides over all that have some"
        : "");
    return;
  }
  const inside = { ...meant, value: meant.value & meant.mask };
  if (inside.value !== meant.value) {
    yield `${written} is ${write(inside)}: ` +
      "bits of the value outside the mask do not count";
  }
  if (arch.is64Bit || !hasUpperBits(inside)) return;
  const low = {
    ...inside,
    mask: inside.mask & WORD,
    value: inside.value & WORD,
  };
  yield `${written} is ${write(low, false)}${outcome(low)}: ` +
    "only the low 32 bits are compared";
}

/**
 * Whether somebody asks for bits that 32-bit arguments do not have. A mask of
 * all of them is none of these: it is how people write "and no others".
 */
function hasUpperBits({ mask, value }: MeantCondition): boolean {
  const upper = mask >> 32n;
  return value > WORD || upper !== 0n && upper !== WORD;
}

/** What comes of a comparison of 32 bits that no longer depends on them. */
function outcome({ comparison, mask, value }: MeantCondition): string {
  if (mask !== WORD) return "";
  const limit = `${comparison} ${value}`;
  if (limit === ">= 0" || limit === `<= ${WORD}`) return ", which always holds";
  if (limit === "< 0" || limit === `> ${WORD}`) return ", which never holds";
  return "";
}

function write(
  { argument, comparison, mask, value }: MeantCondition,
  is64Bit = true,
): string {
  const values = [value];
  return formatCondition(
    { subject: argument, comparison, mask, values },
    is64Bit,
  );
}
