import type { WordClass, WordClasses } from "./_word_classes.ts";
import type { Budget } from "./budget.ts";
import { type Test, WORD } from "./word_set.ts";

/**
 * A set of values of one argument: bit i is set if the values of the i-th kind
 * are in it. What is answered to values of one kind differs by nothing but the
 * call's other words.
 */
export type Bits = bigint;

/** Whether all of one set is in another. */
export function isWithin(one: Bits, other: Bits): boolean {
  return (one & ~other) === 0n;
}

/** Values from a lowest to a highest one. */
export interface Segment {
  readonly low: bigint;
  readonly high: bigint;
  readonly bits: Bits;
}

/** Some bits of an argument, and what is told apart by looking at them alone. */
export interface View {
  readonly mask: bigint;
  /** Ascending and next to each other; together all values under the mask. */
  readonly segments: readonly Segment[];
}

/** A half of an argument, as some programs tell its words apart. */
export interface Half {
  /** The tests of bits that words are put to. */
  readonly tests: readonly Test[];
  /** The words that are told apart from all others. */
  readonly points: readonly number[];
}

export const LOW_HALF = joinWords(0, WORD);
const HIGH_HALF = joinWords(WORD, 0);
export const ALL_BITS = joinWords(WORD, WORD);

/** How many steps it takes to work on a set of so many kinds of values. */
function stepsFor(kinds: number): number {
  return 1 + Math.floor(kinds / 64);
}

/** The value of two halves. */
export function joinWords(high: number, low: number): bigint {
  return BigInt(high) << 32n | BigInt(low);
}

/** The values of one argument, as some programs tell them apart. */
export class Values {
  /** All values. */
  readonly all: Bits;
  /** The whole argument, its lower half and its upper one. */
  readonly views: readonly View[];
  readonly halves: readonly [high: Half, low: Half];
  /** How many steps it takes to work on a set of them. */
  readonly steps: number;
  readonly #high: readonly WordClass[];
  readonly #low: readonly WordClass[];
  readonly #budget: Budget;

  /**
   * @param high The classes of the upper half.
   * @param low The classes of the lower one.
   * @param budget How much work may be spent on the values, then and later.
   * @throws {BudgetError} If there are too many.
   */
  constructor(high: WordClasses, low: WordClasses, budget: Budget) {
    this.#high = high.classes;
    this.#low = low.classes;
    this.#budget = budget;
    const kinds = this.#high.length * this.#low.length;
    budget.spend(kinds);
    this.steps = stepsFor(kinds);
    this.all = (1n << BigInt(kinds)) - 1n;
    const highs = intervalsOf(high);
    const lows = intervalsOf(low);
    this.halves = [halfOf(high, highs), halfOf(low, lows)];
    this.views = [
      { mask: ALL_BITS, segments: this.#whole(highs, lows) },
      { mask: LOW_HALF, segments: lows.map((each) => this.#lower(each)) },
      { mask: HIGH_HALF, segments: highs.map((each) => this.#upper(each)) },
    ];
  }

  /**
   * The values of whose halves something holds that is the same for all words
   * of a class.
   *
   * @param high What is to hold of the upper half.
   * @param low What is to hold of the lower one.
   * @throws {BudgetError} If there is no more time to tell.
   */
  where(high: WordPredicate, low: WordPredicate): Bits {
    // To look at a class takes less than other steps.
    this.#budget.spend(1 + ((this.#high.length + this.#low.length) >> 3));
    const row = this.#low.reduce((bits, { sample }, index) => {
      if (!low(sample)) return bits;
      this.#budget.spend(stepsFor(index));
      return bits | 1n << BigInt(index);
    }, 0n);
    return this.#high.reduce((bits, { sample }, index) => {
      if (!high(sample)) return bits;
      this.spend();
      return bits | row << BigInt(index * this.#low.length);
    }, 0n);
  }

  /**
   * Accounts for work on sets of these values.
   *
   * @param sets How many sets are looked at or made.
   * @throws {BudgetError} If there is no more time for it.
   */
  spend(sets = 1): void {
    this.#budget.spend(sets * this.steps);
  }

  /** Where the upper half is one word, the lower one tells values apart. */
  #whole(highs: readonly Interval[], lows: readonly Interval[]): Segment[] {
    return highs.flatMap((high) => {
      if (high.low !== high.high) {
        const upper = this.#upper(high);
        return [{ ...upper, high: upper.high | LOW_HALF }];
      }
      return lows.map((low) => ({
        low: joinWords(high.low, low.low),
        high: joinWords(high.low, low.high),
        bits: this.where(within(high), within(low)),
      }));
    });
  }

  #lower(low: Interval): Segment {
    return {
      low: joinWords(0, low.low),
      high: joinWords(0, low.high),
      bits: this.where(any, within(low)),
    };
  }

  #upper(high: Interval): Segment {
    return {
      low: joinWords(high.low, 0),
      high: joinWords(high.high, 0),
      bits: this.where(within(high), any),
    };
  }
}

type WordPredicate = (word: number) => boolean;
type Interval = Pick<WordClass, "low" | "high">;

function any(): boolean {
  return true;
}

function within({ low, high }: Interval): WordPredicate {
  return (word) => word >= low && word <= high;
}

function halfOf({ tests }: WordClasses, intervals: readonly Interval[]): Half {
  const points = intervals.filter(({ low, high }) => low === high)
    .map(({ low }) => low);
  return { tests, points };
}

/** Classes of one interval stand together. */
function intervalsOf({ classes }: WordClasses): Interval[] {
  return classes.filter(({ low }, index) =>
    index === 0 || classes[index - 1].low !== low
  );
}
