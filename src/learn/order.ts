/**
 * The order in which a record has what is in it, so that the same is written in
 * the same way.
 *
 * @module
 */
import type {
  LearnedCall,
  LearnedRun,
  LearnedShape,
  LearnedStage,
  LearnRecord,
} from "./record.ts";

/** By UTF-16 code units, whatever the language. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** By ABI and name; 0 for the same call. */
export function compareCalls(one: CallKey, other: CallKey): number {
  return compareTexts(one.abi, other.abi) ||
    compareTexts(`${one.name}`, `${other.name}`);
}

type CallKey = Pick<LearnedCall, "abi" | "name">;

/** By value, the first argument first; 0 for the same shape. */
export function compareShapes(one: ShapeKey, other: ShapeKey): number {
  for (const [index, value] of one.values.entries()) {
    const difference = BigInt(value) - BigInt(other.values[index] ?? value);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return one.values.length - other.values.length;
}

type ShapeKey = Pick<LearnedShape, "values">;

/**
 * A record in its order, the keys of objects too. The runs stay in theirs.
 *
 * @param record The record.
 * @returns The same in order, and nothing of what a record does not have.
 */
export function inOrder(record: LearnRecord): LearnRecord {
  const { version, architecture, stages } = record;
  return { version, architecture, stages: mapSorted(stages, stageInOrder) };
}

function stageInOrder({ runs, calls }: LearnedStage): LearnedStage {
  return {
    runs: runs.map(runInOrder),
    calls: calls.toSorted(compareCalls).map(callInOrder),
  };
}

function runInOrder(
  { command, began, seconds, exitCode }: LearnedRun,
): LearnedRun {
  return { command, began, seconds, exitCode };
}

function callInOrder(
  { name, abi, count, executables, shapes, moreShapes }: LearnedCall,
): LearnedCall {
  return {
    ...{
      name,
      abi,
      count,
      executables: mapSorted(executables, (times) => times),
    },
    ...shapes === undefined ? {} : {
      shapes: shapes.toSorted(compareShapes)
        .map(({ values, count }) => ({ values, count })),
    },
    ...moreShapes === undefined ? {} : { moreShapes },
  };
}

/** The entries by their keys, each value changed. */
function mapSorted<Value, Result>(
  entries: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(entries)
      .sort(([one], [other]) => compareTexts(one, other))
      .map(([key, value]) => [key, change(value)]),
  );
}
