import type { MeantCondition } from "./meaning.ts";
import { highWord, lowWord } from "./seccomp_data.ts";
import { negate, type Test, WORD } from "./word_set.ts";

/** A test of one word of the call. */
export interface WordTest {
  readonly word: number;
  readonly test: Test;
}

/** A way for something to be true: all of these tests pass. */
export type Way = readonly WordTest[];

/**
 * How a condition can hold and how it can fail, by tests of single words. No
 * call goes two of these ways, and every call goes one.
 */
export interface Ways {
  readonly holding: readonly Way[];
  readonly failing: readonly Way[];
}

/**
 * Splits a condition on an argument into tests of its two halves.
 *
 * @param condition The condition.
 * @param is64Bit Whether the ABI compares whole registers.
 */
export function waysOf(condition: MeantCondition, is64Bit: boolean): Ways {
  const { argument, comparison, mask, value } = condition;
  const low = comparisons(lowWord(argument), mask, value);
  const high = comparisons(
    highWord(argument),
    is64Bit ? mask >> 32n : 0n,
    is64Bit ? value >> 32n : 0n,
  );
  const equal = [[high.equal, low.equal]];
  const different = [[not(high.equal)], [high.equal, not(low.equal)]];
  const less = [[not(high.atLeast)], [high.equal, not(low.atLeast)]];
  const atLeast = [[not(high.atMost)], [high.equal, low.atLeast]];
  const greater = [[not(high.atMost)], [high.equal, not(low.atMost)]];
  const atMost = [[not(high.atLeast)], [high.equal, low.atMost]];
  switch (comparison) {
    case "==":
      return { holding: equal, failing: different };
    case "!=":
      return { holding: different, failing: equal };
    case "<":
      return { holding: less, failing: atLeast };
    case ">=":
      return { holding: atLeast, failing: less };
    case ">":
      return { holding: greater, failing: atMost };
    case "<=":
      return { holding: atMost, failing: greater };
  }
}

/** Tests of a word's bits against the lower half of a value. */
function comparisons(word: number, bits: bigint, value: bigint) {
  const mask = Number(BigInt.asUintN(32, bits));
  const k = Number(BigInt.asUintN(32, value & bits));
  const of = (low: number, high: number): WordTest => ({
    word,
    test: { mask, low, high, inside: true },
  });
  return { equal: of(k, k), atLeast: of(k, WORD), atMost: of(0, k) };
}

function not({ word, test }: WordTest): WordTest {
  return { word, test: negate(test) };
}
