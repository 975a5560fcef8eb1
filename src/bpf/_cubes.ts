import { type Bits, isWithin } from "./_values.ts";
import type { Budget } from "./budget.ts";

/** Calls of which each argument is in a set of its own; none of them is empty. */
export type Cube = readonly Bits[];

/**
 * Says with few and large cubes which calls some cubes hold. Each is made as
 * large as it can be without taking in others, then what is in the rest is left
 * out; so does Espresso (Brayton and others, "Logic Minimization Algorithms for
 * VLSI Synthesis", 1984).
 *
 * @param inside The calls.
 * @param outside All other calls.
 * @param all All values of each argument.
 * @returns Cubes that hold the same calls as `inside`.
 * @throws {BudgetError} If there are too many.
 */
export function simplify(
  inside: readonly Cube[],
  outside: readonly Cube[],
  all: Cube,
  budget: Budget,
): readonly Cube[] {
  let cubes: readonly Cube[] = [];
  for (const cube of inside) {
    budget.spend(1 + cubes.length);
    if (cubes.some((larger) => holds(larger, cube))) continue;
    const grown = grow(cube, outside, all, budget);
    cubes = [...cubes.filter((smaller) => !holds(grown, smaller)), grown];
  }
  for (const cube of cubes) {
    const others = cubes.filter((other) => other !== cube);
    if (isCovered(cube, others, budget)) cubes = others;
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
  budget: Budget,
): Cube {
  let grown = cube;
  all.forEach((every, index) => {
    let taken = 0n;
    for (const other of outside) {
      budget.spend();
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
  [other, ...others]: readonly Cube[],
  budget: Budget,
): boolean {
  budget.spend();
  if (!other) return false;
  const common = cube.map((bits, index) => bits & other[index]);
  if (common.includes(0n)) return isCovered(cube, others, budget);
  // What the other has not: it lacks a first argument's value, or has that and
  // lacks a second one's, and so on.
  return cube.every((bits, index) => {
    const lacking = bits & ~other[index];
    if (lacking === 0n) return true;
    const rest = cube.map((own, at) => at < index ? common[at] : own)
      .with(index, lacking);
    return isCovered(rest, others, budget);
  });
}
