/**
 * Random records, for the tests of what reads, merges and writes them.
 *
 * @module
 */
import fc from "fast-check";
import { getNativeArch } from "../libseccomp/mod.ts";
import { knownSyscallNames } from "../policy/known_calls.ts";
import { inOrder } from "./order.ts";
import {
  ANY_STAGE,
  type LearnedCall,
  type LearnedRun,
  type LearnedStage,
  type LearnRecord,
} from "./record.ts";
import { SHAPES } from "./shape.ts";

/** This machine's own ABI. */
export const NATIVE: string = getNativeArch().name;
/** Another one that this machine may have. */
export const OTHER: string = NATIVE === "x86_64" ? "x86" : "arm";

const NAMES = knownSyscallNames();
const MATTERING = NAMES.filter((name) => SHAPES.has(name));
/** None of the numbers of this machine's calls, in no libseccomp. */
const NUMBERS = [1001, 1002, 1003];

const count = fc.integer({ min: 1, max: 1000 });
const executable = fc.constantFrom("/usr/bin/make", "/bin/sh (deleted)", "?");

const run: fc.Arbitrary<LearnedRun> = fc.record({
  command: fc.array(fc.string({ unit: "binary" }), { minLength: 1 }),
  began: fc.date({
    min: new Date("2000-01-01"),
    max: new Date("2100-01-01"),
    noInvalidDate: true,
  }).map((date) => date.toISOString()),
  seconds: fc.double({ min: 0, max: 1e6, noNaN: true }).map((seconds) =>
    // JSON has no negative zero.
    seconds + 0
  ),
  exitCode: fc.nat(255),
});

const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.constantFrom(...MATTERING),
  fc.constantFrom(...NUMBERS),
);

/** One job's calls of one name: each has its executable and its arguments. */
const call: fc.Arbitrary<LearnedCall> = fc.record({
  name,
  abi: fc.constantFrom(NATIVE, NATIVE, NATIVE, OTHER),
  made: fc.array(
    fc.tuple(
      executable,
      fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
      count,
    ),
    { minLength: 1, maxLength: 20 },
  ),
  isIncomplete: fc.boolean(),
}).map(({ name, abi, made, isIncomplete }) => {
  const executables: Record<string, number> = {};
  const shapes = new Map<string, number>();
  const matter = SHAPES.get(`${name}`);
  for (const [by, numbers, times] of made) {
    executables[by] = (executables[by] ?? 0) + times;
    const key = matter?.map(({ mask }, index) =>
      valueUnder(mask, numbers[index])
    );
    if (key) shapes.set(key.join(), (shapes.get(key.join()) ?? 0) + times);
  }
  const seen = made.reduce((sum, [, , times]) => sum + times, 0);
  const isCut = matter !== undefined && isIncomplete;
  if (isCut) executables["?"] = (executables["?"] ?? 0) + 1;
  return {
    ...{ name, abi, count: seen + (isCut ? 1 : 0), executables },
    ...matter
      ? {
        shapes: [...shapes].map(([key, count]) => ({
          values: key.split(","),
          count,
        })),
      }
      : {},
    ...isCut ? { moreShapes: true as const } : {},
  };
});

/** A value that has only bits of a mask, another one for each number. */
function valueUnder(mask: bigint, number: number): string {
  const lowest = mask & -mask;
  return `0x${((BigInt(number * 0x1001) * lowest) & mask).toString(16)}`;
}

const stage: fc.Arbitrary<LearnedStage> = fc.record({
  runs: fc.array(run, { maxLength: 3 }),
  calls: fc.uniqueArray(call, {
    maxLength: 12,
    selector: ({ abi, name }) => `${abi} ${name}`,
  }),
});

const stageName = fc.constantFrom(
  ANY_STAGE,
  "step_script",
  'step.$ "1"',
  "after",
);

/** A record of this machine, in order. */
export const record: fc.Arbitrary<LearnRecord> = fc.dictionary(
  stageName,
  stage,
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
).map((stages) => inOrder({ version: 1, architecture: NATIVE, stages }));
