import fc from "fast-check";
import { FuzzBench } from "./fuzz_bench.ts";
import type { FuzzCase } from "./fuzz_case.ts";
import { count, examine, type Tally } from "./fuzz_examine.ts";
import type { Lane } from "./fuzz_lanes.ts";
import type { Program } from "./program.ts";

/** How long and with what a lane is gone along. */
export interface Journey {
  readonly program: Program;
  readonly seed: number;
  /** How many cases at the most. */
  readonly cases: number;
  /** Milliseconds. */
  readonly time?: number;
  /** The way to one case, as a failure tells it. */
  readonly path?: string;
  readonly tally: Tally;
}

/** A case for which something does not hold, shrunk. */
export interface FuzzFailure {
  readonly lane: string;
  readonly seed: number;
  readonly path: string;
  readonly fuzzCase: FuzzCase;
  readonly error: string;
}

/** How many cases without a process there are between two pauses. */
const FAST = 200;
/** Milliseconds. */
const PAUSE = 500;

/** Goes along a lane until something does not hold, or the end. */
export async function travel(
  { name, cases, holds }: Lane,
  { program, seed, cases: numRuns, time, path, tally }: Journey,
): Promise<FuzzFailure | undefined> {
  await using bench = new FuzzBench();
  const property = fc.asyncProperty(cases, async (fuzzCase) => {
    if (!holds) return await examine(fuzzCase, { bench, program, tally });
    count(tally, "cases");
    holds(fuzzCase);
    // Nothing is waited for here, and others have to come to their turn.
    if ((tally.cases ?? 0) % FAST === 0) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  });
  const details = await fc.check(property, {
    ...{ seed, numRuns },
    ...path === undefined ? {} : { path },
    ...time === undefined ? {} : { interruptAfterTimeLimit: time },
  });
  if (!details.failed || details.counterexample === null) return undefined;
  const [fuzzCase] = details.counterexample;
  const { errorInstance, counterexamplePath } = details;
  return {
    lane: name,
    seed: details.seed,
    path: counterexamplePath ?? "",
    fuzzCase,
    error: errorInstance instanceof Error
      ? errorInstance.message
      : String(errorInstance),
  };
}
