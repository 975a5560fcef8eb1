import type { Budget } from "./budget.ts";

/** The largest word. */
export const WORD = 0xffff_ffff;

/**
 * A test of a word: whether some of its bits, taken as a number, are in an
 * interval. Every comparison of classic BPF with a constant is of this form,
 * and so is its opposite. All numbers are unsigned 32-bit integers.
 */
export interface Test {
  /** The bits that are looked at. */
  readonly mask: number;
  /** The lowest number of the interval. */
  readonly low: number;
  /** The highest one, not below it. */
  readonly high: number;
  /** Whether the bits shall be in the interval, or outside. */
  readonly inside: boolean;
}

/** The test whether a word is a certain one. */
export function exactly(word: number): Test {
  return { mask: WORD, low: word, high: word, inside: true };
}

/** The opposite test. */
export function negate({ mask, low, high, inside }: Test): Test {
  return { mask, low, high, inside: !inside };
}

/** Whether a word passes a test. */
export function passesTest(
  word: number,
  { mask, low, high, inside }: Test,
): boolean {
  const bits = (word & mask) >>> 0;
  return (bits >= low && bits <= high) === inside;
}

/**
 * Words from a lowest to a highest one, ascending and apart from each other:
 * `[low, high, low, high, …]`.
 */
type Intervals = readonly number[];

/**
 * A set of words, never empty: those in some intervals that also pass some
 * tests of single bits. Immutable.
 */
export class WordSet {
  /** All words. */
  static readonly all: WordSet = new WordSet([0, WORD], []);

  readonly intervals: Intervals;
  /** Tests of bits that are no intervals of words. */
  readonly tests: readonly Test[];

  private constructor(intervals: Intervals, tests: readonly Test[]) {
    this.intervals = intervals;
    this.tests = tests;
  }

  /** The set of one word. */
  static of(word: number): WordSet {
    return new WordSet([word, word], []);
  }

  /** The only word of the set; `undefined` if there are more. */
  get only(): number | undefined {
    const { intervals } = this;
    const isOne = intervals.length === 2 && intervals[0] === intervals[1];
    return isOne ? intervals[0] : undefined;
  }

  /** Whether a word is in the set. */
  has(word: number): boolean {
    return isIn(this.intervals, word) &&
      this.tests.every((test) => passesTest(word, test));
  }

  /** Which of some words, in ascending order, are in the set. */
  among(words: readonly number[]): number[] {
    const { intervals, tests } = this;
    const found: number[] = [];
    for (let at = 0; at < intervals.length; at += 2) {
      let index = firstFrom(words, intervals[at]);
      for (; words[index] <= intervals[at + 1]; index++) {
        const word = words[index];
        if (tests.every((test) => passesTest(word, test))) found.push(word);
      }
    }
    return found;
  }

  /**
   * The words of the set that pass a test.
   *
   * @returns The same set if all of them do, as far as that is told without a
   * search; `undefined` if none does.
   * @throws {BudgetError} If that is too hard to tell.
   */
  narrow(test: Test, budget: Budget): WordSet | undefined {
    const { only } = this;
    if (only !== undefined) return passesTest(only, test) ? this : undefined;
    const span = spanOf(test);
    let { intervals, tests } = this;
    if (span === undefined) {
      if (tests.some((known) => isSame(known, test))) return this;
      tests = [...tests, test];
    } else {
      intervals = test.inside
        ? intersect(intervals, span)
        : subtract(intervals, span);
      if (intervals === this.intervals) return this;
      if (intervals.length === 0) return undefined;
    }
    if (tests.length === 0) return new WordSet(intervals, tests);
    const found = find(intervals, tests, budget);
    if (found === undefined) return undefined;
    return intervals.length === 2 && intervals[0] === intervals[1]
      ? new WordSet(intervals, [])
      : new WordSet(intervals, tests);
  }

  /** The lowest word of the set. */
  sample(budget: Budget): number {
    const found = find(this.intervals, this.tests, budget);
    if (found !== undefined) return found;
    throw new Error("a set of words is never empty");
  }
}

/**
 * The words whose bits are in a test's interval, where these words are an
 * interval too: that is so if the bits are the word's first ones.
 */
function spanOf({ mask, low, high }: Test): Intervals | undefined {
  const rest = ~mask >>> 0;
  if ((rest & (rest + 1)) !== 0) return undefined;
  const first = (low & rest) === 0 ? low : ((low & mask) >>> 0) + rest + 1;
  const last = (high | rest) >>> 0;
  return first <= last ? [first, last] : [];
}

function isSame(one: Test, other: Test): boolean {
  return one.mask === other.mask && one.low === other.low &&
    one.high === other.high && one.inside === other.inside;
}

function isIn(intervals: Intervals, word: number): boolean {
  const at = firstEndingFrom(intervals, word);
  return at < intervals.length && intervals[at] <= word;
}

/** Where the first interval begins that does not end before a word. */
function firstEndingFrom(intervals: Intervals, word: number): number {
  let from = 0;
  let to = intervals.length >> 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (intervals[2 * middle + 1] < word) from = middle + 1;
    else to = middle;
  }
  return 2 * from;
}

/** Where in ascending words the first one is that is not below a word. */
function firstFrom(words: readonly number[], word: number): number {
  let from = 0;
  let to = words.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (words[middle] < word) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What two have in common; the very first if that is all of it. */
function intersect(intervals: Intervals, span: Intervals): Intervals {
  if (span.length === 0) return [];
  const first = span[0];
  const last = span[1];
  const from = firstEndingFrom(intervals, first);
  const isUncut = from === 0 && intervals[0] >= first;
  if (isUncut && last >= intervals[intervals.length - 1]) return intervals;
  let to = firstEndingFrom(intervals, last);
  if (to < intervals.length && intervals[to] <= last) to += 2;
  if (from === to) return [];
  const common = intervals.slice(from, to);
  common[0] = Math.max(common[0], first);
  common[common.length - 1] = Math.min(common[common.length - 1], last);
  return common;
}

/** The first without an interval; the very first if that changes nothing. */
function subtract(intervals: Intervals, span: Intervals): Intervals {
  if (span.length === 0) return intervals;
  const first = span[0];
  const last = span[1];
  const from = firstEndingFrom(intervals, first);
  let to = firstEndingFrom(intervals, last);
  if (to < intervals.length && intervals[to] <= last) to += 2;
  if (from === to) return intervals;
  const rest: number[] = [];
  if (intervals[from] < first) rest.push(intervals[from], first - 1);
  if (intervals[to - 1] > last) rest.push(last + 1, intervals[to - 1]);
  return intervals.toSpliced(from, to - from, ...rest);
}

/**
 * The lowest word in some intervals that passes all tests; `undefined` if there
 * is none.
 */
function find(
  intervals: Intervals,
  tests: readonly Test[],
  budget: Budget,
): number | undefined {
  if (tests.length === 0) return intervals[0];
  for (let at = 0; at < intervals.length; at += 2) {
    const bounds = { low: intervals[at], high: intervals[at + 1] };
    const found = search(bounds, tests, { bit: 32, prefix: 0 }, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Tries the bits of a word from the highest down. A prefix of which no word can
 * pass is given up; a test that all of its words pass is dropped.
 */
function search(
  { low, high }: { readonly low: number; readonly high: number },
  tests: readonly Test[],
  { bit, prefix }: { readonly bit: number; readonly prefix: number },
  budget: Budget,
): number | undefined {
  budget.spend();
  const open = 2 ** bit - 1;
  const end = prefix + open;
  if (end < low || prefix > high) return undefined;
  const undecided: Test[] = [];
  for (const test of tests) {
    const least = (prefix & test.mask) >>> 0;
    const most = (end & test.mask) >>> 0;
    const isWithin = least >= test.low && most <= test.high;
    const isApart = most < test.low || least > test.high;
    if (test.inside ? isApart : isWithin) return undefined;
    if (!isApart && !isWithin) undecided.push(test);
  }
  if (undecided.length === 0) return Math.max(prefix, low);
  const half = bit - 1;
  const one = 2 ** half;
  // A bit that neither the interval nor a test looks at may be anything.
  const isFree = prefix >= low && end <= high &&
    undecided.every(({ mask }) => (mask & one) === 0);
  for (const next of isFree ? [prefix] : [prefix, prefix + one]) {
    const place = { bit: half, prefix: next };
    const found = search({ low, high }, undecided, place, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}
