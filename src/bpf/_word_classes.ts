import { Budget } from "./budget.ts";
import { negate, type Test, WORD, WordSet } from "./word_set.ts";

/** Words that some sets do not tell apart. */
export interface WordClass {
  readonly set: WordSet;
  /** One of them. */
  readonly sample: number;
  /** The interval that they are in; classes of one interval stand together. */
  readonly low: number;
  readonly high: number;
}

/** All words, as some sets tell them apart. */
export interface WordClasses {
  /** Without a word in common, the lowest first; together all words. */
  readonly classes: readonly WordClass[];
  /** The tests that tell words of one interval apart, none twice. */
  readonly tests: readonly Test[];
}

/**
 * Divides words into classes, so that each of some sets holds all of a class or
 * none of it.
 *
 * @throws {BudgetError} If there are too many.
 */
export function classesOf(
  sets: Iterable<WordSet>,
  budget: Budget,
): WordClasses {
  const starts = new Set([0]);
  const tests = new Map<string, Test>();
  for (const set of new Set(sets)) {
    budget.spend(1 + (set.intervals.length >> 3));
    set.intervals.forEach((bound, index) => {
      if (index % 2 === 0) starts.add(bound);
      else if (bound < WORD) starts.add(bound + 1);
    });
    for (const { mask, low, high } of set.tests) {
      const test = { mask, low, high, inside: true };
      tests.set(`${mask} ${low} ${high}`, test);
    }
  }
  const ascending = [...starts].sort((one, other) => one - other);
  const known = [...tests.values()];
  const classes = ascending.flatMap((low, index) => {
    const high = (ascending.at(index + 1) ?? WORD + 1) - 1;
    return split(interval(low, high), known, budget)
      .map((set) => ({ set, low, high, sample: set.sample(budget) }));
  });
  return { classes, tests: known };
}

/** The words from a lowest to a highest one. */
export function interval(low: number, high: number): WordSet {
  const test = { mask: WORD, low, high, inside: true };
  // Without tests of bits there is nothing to search for.
  const set = WordSet.all.narrow(test, new Budget(0));
  if (set === undefined) throw new RangeError(`${low} is above ${high}`);
  return set;
}

function split(
  set: WordSet,
  tests: readonly Test[],
  budget: Budget,
): readonly WordSet[] {
  let parts: readonly WordSet[] = [set];
  for (const test of tests) {
    parts = parts.flatMap((part) => {
      budget.spend();
      const passing = part.narrow(test, budget);
      const failing = part.narrow(negate(test), budget);
      // A test that all pass, or none, tells nothing of these.
      return passing && failing ? [passing, failing] : [part];
    });
  }
  return parts;
}

/** How many words some sets have, as far as their intervals tell. */
export function sizeOf(sets: readonly WordSet[]): number {
  return sets.reduce(
    (sum, { intervals }) =>
      intervals.reduce(
        (size, bound, index) => size + (index % 2 === 0 ? -bound : bound + 1),
        sum,
      ),
    0,
  );
}

/**
 * A set as people write it: `3`, `3 to 7`, `3 to 7, number & 0x1 == 0x1`.
 *
 * @param set One of a class.
 * @param name What its words are called.
 * @param format How a word is written.
 */
export function describeWords(
  { intervals, tests }: WordSet,
  name: string,
  format: (word: number) => string = String,
): string {
  const [low, high] = intervals;
  const range = low === high
    ? format(low)
    : `${format(low)} to ${format(high)}`;
  return [range, ...tests.map((test) => describeTest(test, name))].join(", ");
}

function describeTest(
  { mask, low, high, inside }: Test,
  name: string,
): string {
  const bits = `${name} & ${hex(mask)}`;
  if (low === high) return `${bits} ${inside ? "==" : "!="} ${hex(low)}`;
  // A jump compares by size with one number, and `inside` means: not below it.
  return `${bits} ${inside ? ">=" : "<"} ${hex(low)}`;
}

function hex(word: number): string {
  return `0x${word.toString(16)}`;
}
