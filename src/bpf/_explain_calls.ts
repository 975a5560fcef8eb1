import { decide, type Decision } from "./_decide.ts";
import { labelNumbers } from "./_number_labels.ts";
import { classesOf, interval, sizeOf } from "./_word_classes.ts";
import type { Budget } from "./budget.ts";
import { nameCondition } from "./condition.ts";
import type { Verdicts } from "./explore.ts";
import type { NamedAbi, Naming } from "./naming.ts";
import { NUMBER } from "./seccomp_data.ts";
import type { WordSet } from "./word_set.ts";

/** Calls with which the same is done. */
export interface CallRow {
  /** Names, or numbers in brackets; none for all calls that are in no other row. */
  readonly calls: readonly string[];
  /** Their numbers. */
  readonly numbers: readonly WordSet[];
  readonly decision: Decision;
}

/** Whose calls are explained, and how. */
export interface CallSetting {
  readonly naming: Naming;
  /** `undefined`: of architectures without a name. */
  readonly abi: NamedAbi | undefined;
  readonly budget: Budget;
}

/**
 * Says what is done with the calls of one architecture.
 *
 * @param verdicts All that is answered to them.
 * @returns Rows that have no call in common and together are all; the last one
 * is about most of them.
 */
export function explainCalls(
  verdicts: readonly Verdicts[],
  { naming, abi, budget }: CallSetting,
): CallRow[] {
  const rows = new Map<string, { decision: Decision; numbers: WordSet[] }>();
  const decided = new Map<string, Decision>();
  for (const { set, sample } of numbersOf(verdicts, abi, budget)) {
    budget.spend(verdicts.length);
    const answers = [...verdicts.keys()].filter((index) =>
      verdicts[index].region.word(NUMBER).has(sample)
    );
    const which = answers.join();
    const decision = decided.get(which) ??
      decide(answers.map((index) => verdicts[index]), budget);
    decided.set(which, decision);
    budget.spend(lengthOf(decision));
    const named = set.only === undefined || !abi
      ? decision
      : nameDecision(decision, naming.call(abi, set.only), abi);
    const key = keyOf(named);
    const row = rows.get(key);
    if (row) row.numbers.push(set);
    else rows.set(key, { decision: named, numbers: [set] });
  }
  const sorted = [...rows.values()];
  const rest = sorted.reduce((largest, row) =>
    sizeOf(row.numbers) > sizeOf(largest.numbers) ? row : largest
  );
  return [
    ...sorted.filter((row) => row !== rest).map((row) => ({
      ...row,
      calls: labelNumbers(
        row.numbers,
        (number) => abi && naming.call(abi, number),
      ),
    })),
    { ...rest, calls: [] },
  ];
}

/** Numbers as they are told apart, of all architectures or of an ABI. */
function numbersOf(
  verdicts: readonly Verdicts[],
  abi: NamedAbi | undefined,
  budget: Budget,
) {
  const sets = verdicts.map(({ region }) => region.word(NUMBER));
  const own = abi?.numbers.map(([low, high]) => interval(low, high));
  const { classes } = classesOf([...sets, ...own ?? []], budget);
  return own
    ? classes.filter(({ sample }) => own.some((set) => set.has(sample)))
    : classes;
}

/** How much there is to name and to write. */
function lengthOf({ cases }: Decision): number {
  return cases.flatMap(({ when }) => when.flat())
    .reduce((sum, { values }) => sum + 1 + values.length, 0);
}

function nameDecision(
  decision: Decision,
  call: string | undefined,
  { constants }: NamedAbi,
): Decision {
  if (call === undefined || !constants) return decision;
  return {
    ...decision,
    cases: decision.cases.map(({ action, when }) => ({
      action,
      when: when.map((conditions) =>
        conditions.map((each) => nameCondition(each, call, constants))
      ),
    })),
  };
}

/** Two decisions, or lists of rows, have one key if the same is said of them. */
export function keyOf(said: Decision | readonly CallRow[]): string {
  return JSON.stringify(
    said,
    (_, value) => typeof value === "bigint" ? `${value}` : value,
  );
}
