import type { Budget } from "./budget.ts";
import { fromWords, type SeccompData, WORDS } from "./seccomp_data.ts";
import { type Test, WordSet } from "./word_set.ts";

/**
 * A set of calls, never empty: those whose words are each in a set of their
 * own. Immutable.
 *
 * All that a program can do between two jumps leads from one region to two,
 * because a jump tests one word: what calls take which way is always a region.
 */
export class Region {
  /** All calls. */
  static readonly all: Region = new Region(
    new Array<WordSet>(WORDS).fill(WordSet.all),
  );

  readonly #words: readonly WordSet[];

  private constructor(words: readonly WordSet[]) {
    this.#words = words;
  }

  /** Which values a word has, by its index in `struct seccomp_data`. */
  word(index: number): WordSet {
    return this.#words[index];
  }

  /** The calls of the region with one value of a word, which it must have. */
  fix(index: number, value: number): Region {
    return this.#with(index, WordSet.of(value));
  }

  /**
   * The calls of the region of which a word passes a test.
   *
   * @returns The same region if all do; `undefined` if none does.
   * @throws {BudgetError} If that is too hard to tell.
   */
  narrow(index: number, test: Test, budget: Budget): Region | undefined {
    const words = this.#words[index].narrow(test, budget);
    if (words === undefined) return undefined;
    return words === this.#words[index] ? this : this.#with(index, words);
  }

  /** Any call of the region. */
  sample(budget: Budget): SeccompData {
    return fromWords(this.#words.map((words) => words.sample(budget)));
  }

  #with(index: number, words: WordSet): Region {
    return new Region(this.#words.with(index, words));
  }
}
