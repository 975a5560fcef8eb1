import { type Bits, isWithin, type Values } from "./_values.ts";
import type { Budget } from "./budget.ts";

/** Calls of which each argument is in a set of its own; none of them is empty. */
export type Cube = readonly Bits[];

/** What work on cubes takes. */
interface Effort {
  readonly budget: Budget;
  /** To look at one cube. */
  readonly steps: number;
}

/**
 * Says with few and large cubes which calls some cubes hold. Each is made as
 * large as it can be without taking in others, then what is in the rest is left
 * out; so does Espresso (Brayton and others, "Logic Minimization Algorithms for
 * VLSI Synthesis", 1984).
 *
 * @param inside The calls.
 * @param outside All other calls.
 * @param values The values of each argument.
 * @returns Cubes that hold the same calls as `inside`.
 * @throws {BudgetError} If there are too many.
 */
export function simplify(
  inside: readonly Cube[],
  outside: readonly Cube[],
  values: readonly Values[],
  budget: Budget,
): readonly Cube[] {
  const all = values.map((each) => each.all);
  const steps = values.reduce((sum, each) => sum + each.steps, 0);
  const effort = { budget, steps };
  let cubes: readonly Cube[] = [];
  for (const cube of inside) {
    budget.spend(steps * (1 + 2 * cubes.length));
    if (cubes.some((larger) => holds(larger, cube))) continue;
    const grown = grow(cube, outside, all, effort);
    cubes = [...cubes.filter((smaller) => !holds(grown, smaller)), grown];
  }
  for (const cube of cubes) {
    const others = cubes.filter((other) => other !== cube);
    if (isCovered(cube, others, effort)) cubes = others;
  }
  return cubes;
}

/** Whether one cube has all calls of another. */
function holds(one: Cube, other: Cube): boolean {
  return one.every((bits, index) => isWithin(other[index], bits));
}

/** Lets each argument have all values with which the cube stays apart from others. */
function grow(
  cube: Cube,
  outside: readonly Cube[],
  all: Cube,
  { budget, steps }: Effort,
): Cube {
  let grown = cube;
  all.forEach((every, index) => {
    let taken = 0n;
    for (const other of outside) {
      budget.spend(steps);
      const meet = grown.every((bits, at) =>
        at === index || (bits & other[at]) !== 0n
      );
      if (meet) taken |= other[index];
    }
    grown = grown.with(index, every & ~taken);
  });
  return grown;
}

/** Whether each call of a cube is in one of some others. */
function isCovered(
  cube: Cube,
  others: readonly Cube[],
  { budget, steps }: Effort,
): boolean {
  const parts = [{ cube, from: 0 }];
  for (;;) {
    const part = parts.pop();
    if (!part) return true;
    budget.spend(steps);
    if (part.from === others.length) return false;
    const other = others[part.from];
    const from = part.from + 1;
    const common = part.cube.map((bits, index) => bits & other[index]);
    if (common.includes(0n)) {
      parts.push({ cube: part.cube, from });
      continue;
    }
    // What the other has not: it lacks a first argument's value, or has that
    // and lacks a second one's, and so on.
    part.cube.forEach((bits, index) => {
      const lacking = bits & ~other[index];
      if (lacking === 0n) return;
      const rest = part.cube.map((own, at) => at < index ? common[at] : own)
        .with(index, lacking);
      parts.push({ cube: rest, from });
    });
  }
}
