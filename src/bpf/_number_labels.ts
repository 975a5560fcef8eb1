import { describeWords, sizeOf } from "./_word_classes.ts";
import type { WordSet } from "./word_set.ts";

/** Of longer intervals the calls are not listed. */
const LISTED = 1024;

/**
 * What people call some numbers: by their names where they have some, or in
 * brackets: `[335]`, `[335 to 423]`.
 *
 * @param numbers Sets of numbers, ascending.
 * @param name The name of the call with a number, if it has one.
 */
export function labelNumbers(
  numbers: readonly WordSet[],
  name: (number: number) => string | undefined,
): string[] {
  const labels: string[] = [];
  let run: number[] = [];
  const endRun = () => {
    const [first] = run;
    const last = run.at(-1);
    if (last === undefined) return;
    labels.push(first === last ? `[${first | 0}]` : `[${first} to ${last}]`);
    run = [];
  };
  for (const set of numbers) {
    if (sizeOf([set]) > LISTED) {
      endRun();
      labels.push(`[${describeWords(set, "number")}]`);
      continue;
    }
    const [low] = set.intervals;
    const high = set.intervals[set.intervals.length - 1];
    for (let number = low; number <= high; number++) {
      if (!set.has(number)) continue;
      const known = name(number);
      if (known !== undefined || number - 1 !== run.at(-1)) endRun();
      if (known === undefined) run.push(number);
      else labels.push(known);
    }
  }
  endRun();
  return labels;
}
