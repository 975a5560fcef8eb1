import { compareCalls, compareShapes } from "./order.ts";
import type { LearnedCall, LearnRecord } from "./record.ts";
import { SHAPES } from "./shape.ts";

/** The keys and indices that lead to a place in a record. */
export type RecordPath = readonly (string | number)[];

/** Something in a record that contradicts something else. */
export interface Fault {
  readonly path: RecordPath;
  readonly message: string;
}

/**
 * Finds what makes no sense in a record though each value by itself does: a
 * policy that is written from it would say something else than was seen.
 */
export function* findFaults({ stages }: LearnRecord): Generator<Fault> {
  for (const [stage, { calls }] of Object.entries(stages)) {
    for (const [index, call] of calls.entries()) {
      const path = ["stages", stage, "calls", index];
      const first = calls.findIndex((other) => compareCalls(other, call) === 0);
      if (first < index) {
        const what = `${call.name} of ${call.abi}`;
        yield { path, message: `${what} is there already, as calls[${first}]` };
      }
      yield* faultsOfShapes(call, path);
    }
  }
}

function* faultsOfShapes(
  { name, count, shapes, moreShapes }: LearnedCall,
  call: RecordPath,
): Generator<Fault> {
  const matter = SHAPES.get(`${name}`);
  const path = [...call, "shapes"];
  if (!matter) {
    if (shapes === undefined && moreShapes === undefined) return;
    yield { path, message: `no argument of ${name} matters` };
    return;
  }
  if (shapes === undefined) return;
  for (const [index, shape] of shapes.entries()) {
    const { values } = shape;
    const place = [...path, index, "values"];
    if (values.length !== matter.length) {
      yield { path: place, message: `must be ${matter.length} in number` };
      continue;
    }
    for (const [at, { mask }] of matter.entries()) {
      if ((BigInt(values[at]) & ~mask) === 0n) continue;
      const bits = `0x${mask.toString(16)}`;
      yield { path: [...place, at], message: `has bits outside of ${bits}` };
    }
    const first = shapes.findIndex((other) =>
      compareShapes(other, shape) === 0
    );
    if (first < index) {
      yield {
        path: [...path, index],
        message: `is there already, as shapes[${first}]`,
      };
    }
  }
  const sum = shapes.reduce((sum, { count }) => sum + count, 0);
  if (sum > count || (sum < count && !moreShapes)) {
    const wanted = moreShapes ? "at most" : "exactly";
    yield {
      path,
      message: `must be ${wanted} ${count} times together, not ${sum}`,
    };
  }
}
