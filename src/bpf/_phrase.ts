import { cover } from "./_phrase_cover.ts";
import { masked } from "./_phrase_masked.ts";
import {
  ALL_BITS,
  type Bits,
  isWithin,
  LOW_HALF,
  type Values,
  type View,
} from "./_values.ts";
import type { Condition } from "./condition.ts";

/** A condition whose subject is known from where it stands. */
export type Phrase = Omit<Condition, "subject">;

/** Ways for a value to be in a set: all phrases of one of them hold. */
export type Phrases = readonly (readonly Phrase[])[];

/**
 * Says which values are in a set.
 *
 * @param bits A set of `values`, neither empty nor all.
 * @param values What it is a set of.
 * @returns Of the ways to say it that are tried, the shortest; always exact.
 * @throws {BudgetError} If that is too long to find.
 */
export function phrase(bits: Bits, values: Values): Phrases {
  const ways = [
    ...values.views.flatMap((view) => {
      values.spend(4 * view.segments.length);
      return inView(bits, view);
    }),
    ...masked(bits, values),
  ];
  if (ways.length === 0) return cover(bits, values);
  return ways.reduce((best, way) => effort(way) < effort(best) ? way : best);
}

/** How much there is to read, in no particular unit. */
export function effort(phrases: Phrases): number {
  return phrases.flat().reduce(
    (sum, each) => sum + effortOf(each),
    // To keep alternatives apart is harder than to heed several conditions.
    2 * phrases.length,
  );
}

function effortOf({ mask, comparison, values }: Phrase): number {
  const isWhole = mask === ALL_BITS || mask === LOW_HALF;
  // What a value shall be is plainer than what it shall not be; of flags, that
  // some are set is plain.
  const denies = comparison === "!=" && isWhole;
  return 2 + (mask === ALL_BITS ? 0 : 1) + (denies ? 1 : 0) + values.length;
}

interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

/** The set by what one view tells of it; nothing if that does not decide. */
function inView(bits: Bits, view: View): Phrases[] {
  const isDecided = view.segments.every((segment) =>
    isWithin(segment.bits, bits) || (segment.bits & bits) === 0n
  );
  if (!isDecided) return [];
  const inside = intervalsOf(bits, view);
  const ranges = inside.filter((each) => !isPoint(each))
    .map((each) => between(each, view));
  const union = [...oneOf(inside, "==", view), ...ranges];
  const hull = { low: inside[0].low, high: inside[inside.length - 1].high };
  const gaps = intervalsOf(~bits, view)
    .filter(({ low, high }) => low > hull.low && high < hull.high);
  const whole = between(hull, view);
  const outside = intervalsOf(~bits, view);
  if (outside.every(isPoint)) return [oneOf(outside, "!=", view)];
  if (!gaps.every(isPoint)) return [union];
  return [union, [[...whole, ...oneOf(gaps, "!=", view).flat()]]];
}

/** The intervals of a view that a set has something of. */
function intervalsOf(bits: Bits, { segments }: View): Interval[] {
  const intervals: Interval[] = [];
  let open: Interval | undefined;
  for (const { low, high, bits: here } of segments) {
    if ((here & bits) !== 0n) {
      open = { low: open?.low ?? low, high };
      continue;
    }
    if (open) intervals.push(open);
    open = undefined;
  }
  return open ? [...intervals, open] : intervals;
}

function isPoint({ low, high }: Interval): boolean {
  return low === high;
}

/** One phrase for the intervals that are single values, if there are any. */
function oneOf(
  intervals: readonly Interval[],
  comparison: "==" | "!=",
  { mask }: View,
): Phrase[][] {
  const values = intervals.filter(isPoint).map(({ low }) => low);
  return values.length > 0 ? [[{ mask, comparison, values }]] : [];
}

function between({ low, high }: Interval, { mask }: View): Phrase[] {
  const phrases: Phrase[] = [];
  if (low === high) return [{ mask, comparison: "==", values: [low] }];
  if (low > 0n) phrases.push({ mask, comparison: ">=", values: [low] });
  if (high < mask) phrases.push({ mask, comparison: "<=", values: [high] });
  return phrases;
}
