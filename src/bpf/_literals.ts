import type { Phrase } from "./_phrase.ts";
import { type Bits, joinWords, type Values, type View } from "./_values.ts";
import { passesTest, type Test } from "./word_set.ts";

/** A phrase, and the values for which it is true. */
export interface Literal {
  readonly phrase: Phrase;
  readonly bits: Bits;
}

/**
 * Phrases that together tell apart all values that are told apart: what is
 * rather not read comes first.
 */
export function literalsOf(values: Values): Literal[] {
  const [whole, low, high] = values.views;
  return [
    ...cuts(high, values),
    ...cuts(low, values),
    ...cuts(whole, values),
    ...testLiterals(values),
  ];
}

/** Where the values of a view are cut, and on which side one is. */
function cuts({ mask, segments }: View, values: Values): Literal[] {
  values.spend(2 * segments.length);
  const { all } = values;
  const literals: Literal[] = [];
  let below: Bits = 0n;
  for (const { low, high, bits } of segments) {
    if (below !== 0n) {
      literals.push({
        phrase: { mask, comparison: ">=", values: [low] },
        bits: all & ~below,
      });
    }
    below |= bits;
    if (below === all) break;
    literals.push({
      phrase: { mask, comparison: "<=", values: [high] },
      bits: below,
    });
  }
  return literals;
}

/** The tests of bits, and their opposites. */
export function testLiterals(values: Values): Literal[] {
  const [high, low] = values.halves;
  return [
    ...high.tests.flatMap((test) => {
      const bits = values.where((word) => passesTest(word, test), () => true);
      return bothWays(test, bits, values, (word) => joinWords(word, 0));
    }),
    ...low.tests.flatMap((test) => {
      const bits = values.where(() => true, (word) => passesTest(word, test));
      return bothWays(test, bits, values, BigInt);
    }),
  ];
}

function bothWays(
  { mask: bits, low, high }: Test,
  passing: Bits,
  { all }: Values,
  place: (word: number) => bigint,
): Literal[] {
  const mask = place(bits);
  const of = (comparison: Phrase["comparison"], word: number): Phrase => ({
    mask,
    comparison,
    values: [place(word)],
  });
  // A jump compares by size with one number, and `inside` means: not below it.
  const [holds, fails] = low === high
    ? [of("==", low), of("!=", low)]
    : [of(">=", low), of("<", low)];
  return [
    { phrase: holds, bits: passing },
    { phrase: fails, bits: all & ~passing },
  ];
}
