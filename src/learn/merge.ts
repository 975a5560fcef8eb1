import { compareCalls, compareShapes, compareTexts, inOrder } from "./order.ts";
import {
  type LearnedCall,
  type LearnedShape,
  type LearnedStage,
  type LearnRecord,
  MOST_SHAPES,
} from "./record.ts";
import { RecordError } from "./record_schema.ts";
import { SHAPES } from "./shape.ts";

/**
 * What two records say together: as if the jobs of both had been recorded in
 * one. Each stage keeps its own list; runs come in the order of the records. Of
 * more than {@linkcode MOST_SHAPES} shapes of a call those with the smallest
 * values are kept, so that it does not matter which records are merged first.
 *
 * @param one A record.
 * @param other Another one.
 * @returns A new record, in order.
 * @throws {RecordError} If they are of different architectures.
 */
export function mergeRecords(
  one: LearnRecord,
  other: LearnRecord,
): LearnRecord {
  if (one.architecture !== other.architecture) {
    throw new RecordError([
      `a record of ${one.architecture} and one of ${other.architecture} ` +
      "cannot be merged: their calls are not the same",
    ]);
  }
  return inOrder({
    ...one,
    stages: mergeEntries(one.stages, other.stages, mergeStages),
  });
}

function mergeStages(one: LearnedStage, other: LearnedStage): LearnedStage {
  return {
    runs: [...one.runs, ...other.runs],
    calls: mergeLists(one.calls, other.calls, compareCalls, mergeCalls),
  };
}

function mergeCalls(one: LearnedCall, other: LearnedCall): LearnedCall {
  const { name, abi } = one;
  const count = one.count + other.count;
  const executables = mergeEntries(one.executables, other.executables, add);
  return { name, abi, count, executables, ...mergeShapes(one, other) };
}

function mergeShapes(
  one: LearnedCall,
  other: LearnedCall,
): Pick<LearnedCall, "shapes" | "moreShapes"> {
  const all = mergeLists<LearnedShape>(
    one.shapes ?? [],
    other.shapes ?? [],
    compareShapes,
    (one, other) => ({ ...one, count: one.count + other.count }),
  );
  const shapes = all.slice(0, MOST_SHAPES);
  // A record of when an argument did not matter yet has no shapes of it.
  const isComplete = !one.moreShapes && !other.moreShapes &&
    one.shapes !== undefined && other.shapes !== undefined &&
    shapes.length === all.length;
  return {
    ...shapes.length > 0 ? { shapes } : {},
    ...SHAPES.has(`${one.name}`) && !isComplete ? { moreShapes: true } : {},
  };
}

const add = (one: number, other: number) => one + other;

/** The elements of both lists, sorted; those that are the same become one. */
function mergeLists<Element>(
  one: readonly Element[],
  other: readonly Element[],
  compare: (one: Element, other: Element) => number,
  join: (one: Element, other: Element) => Element,
): Element[] {
  const merged: Element[] = [];
  for (const element of [...one, ...other].sort(compare)) {
    const last = merged.at(-1);
    if (last !== undefined && compare(last, element) === 0) {
      merged[merged.length - 1] = join(last, element);
    } else merged.push(element);
  }
  return merged;
}

function mergeEntries<Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
  join: (one: Value, other: Value) => Value,
): Record<string, Value> {
  const merged = mergeLists<[string, Value]>(
    Object.entries(one),
    Object.entries(other),
    ([one], [other]) => compareTexts(one, other),
    ([key, one], [, other]) => [key, join(one, other)],
  );
  return Object.fromEntries(merged);
}
