import { testLiterals } from "./_literals.ts";
import type { Phrase, Phrases } from "./_phrase.ts";
import { type Bits, isWithin, joinWords, type Values } from "./_values.ts";
import { type Test, WORD } from "./word_set.ts";

/** With more values than this under one mask, that is not tried. */
const MOST_POINTS = 256;

/** Some bits of a word, and numbers that they are told apart from all others. */
interface Mask {
  readonly mask: number;
  readonly points: readonly number[];
}

/** The bits of a half that is not looked at. */
const NOTHING: Mask = { mask: 0, points: [0] };

/**
 * Says which values are in a set by one phrase about some of their bits.
 *
 * @returns All the ways there are to say it so.
 */
export function masked(bits: Bits, values: Values): Phrases[] {
  const [{ tests: high }, { tests: low }] = values.halves;
  // Where there are no masks, whole words say it better.
  if (high.length + low.length === 0) return [];
  const [highs, lows] = values.halves.map(({ tests, points }) => [
    NOTHING,
    ...masksOf(tests),
    { mask: WORD, points },
  ]);
  const equal = highs.flatMap((high) =>
    lows.flatMap((low) => byEquality(bits, values, high, low))
  );
  return [...equal, ...bySize(bits, values)];
}

/** The masks of comparisons for equality, each with all that it is compared to. */
function masksOf(tests: readonly Test[]): Mask[] {
  const equalities = tests.filter(({ low, high }) => low === high);
  return [...Map.groupBy(equalities, ({ mask }) => mask)]
    .map(([mask, same]) => ({ mask, points: same.map(({ low }) => low) }));
}

function byEquality(
  bits: Bits,
  values: Values,
  high: Mask,
  low: Mask,
): Phrases[] {
  const mask = joinWords(high.mask, low.mask);
  if (high.points.length * low.points.length > MOST_POINTS) return [];
  const points = high.points.flatMap((upper) =>
    low.points.map((lower) => ({
      value: joinWords(upper, lower),
      bits: values.where(
        (word) => (word & high.mask) >>> 0 === upper,
        (word) => (word & low.mask) >>> 0 === lower,
      ),
    }))
  );
  return (["==", "!="] as const).flatMap((comparison) => {
    const wanted = comparison === "==" ? bits : values.all & ~bits;
    const within = points.filter((point) =>
      point.bits !== 0n && isWithin(point.bits, wanted)
    );
    const union = within.reduce((sum, point) => sum | point.bits, 0n);
    if (mask === 0n || union !== wanted) return [];
    return [[[{
      mask,
      comparison,
      values: within.map(({ value }) => value),
    }]]];
  });
}

/** By a comparison of masked bits by size. */
function bySize(bits: Bits, values: Values): Phrases[] {
  return testLiterals(values).filter((literal) => literal.bits === bits)
    .map(({ phrase }): Phrase[][] => [[phrase]]);
}
