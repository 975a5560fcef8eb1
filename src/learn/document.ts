import * as v from "valibot";
import { getArchFromString } from "../libseccomp/arch.ts";
import { ScmpError } from "../libseccomp/error.ts";
import { MOST_SHAPES } from "./record.ts";

/** An object of which every key is known. */
const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected }) => {
    if (expected === "never") {
      const known = Object.keys(entries).join(", ");
      return `unknown key; the known ones are ${known}`;
    }
    return expected === "Object" ? "must be an object" : "is missing";
  });

/** Keys that valibot would drop without a word. */
const RESERVED = ["__proto__", "prototype", "constructor"];

const record = <Value extends v.GenericSchema>(
  key: v.GenericSchema<string, string>,
  value: Value,
) =>
  v.pipe(
    v.unknown(),
    v.check(
      (value) => RESERVED.every((name) => !Object.hasOwn(Object(value), name)),
      `nothing in it can be called ${RESERVED.join(", ")}`,
    ),
    v.check((value) => !Array.isArray(value), "must be an object, not a list"),
    v.record(key, value, "must be an object"),
  );

const COUNT = "must be an integer from 1 to 2^53-1";
const count = v.pipe(
  v.number(COUNT),
  v.safeInteger(COUNT),
  v.minValue(1, COUNT),
);

const EXIT_CODE = "must be an integer from 0 to 255";
const exitCode = v.pipe(
  v.number(EXIT_CODE),
  v.integer(EXIT_CODE),
  v.minValue(0, EXIT_CODE),
  v.maxValue(255, EXIT_CODE),
);

const SECONDS = "must be a number of seconds, 0 or more";
const seconds = v.pipe(
  v.number(SECONDS),
  v.finite(SECONDS),
  v.minValue(0, SECONDS),
);

const BEGAN = 'must be a time in ISO 8601, as "2026-01-31T12:00:00.000Z"';
const began = v.pipe(v.string(BEGAN), v.isoTimestamp(BEGAN));

const COMMAND = "must be a list of texts, the command's name first";
const command = v.pipe(
  v.array(v.string("must be a text"), COMMAND),
  v.minLength(1, COMMAND),
);

const NAME = "must be the name of a system call, or its number";
/** The longest that a number can be is the kernel's `int nr`, taken as unsigned. */
const number = v.pipe(
  v.number(NAME),
  v.integer(NAME),
  v.minValue(0, NAME),
  v.maxValue(0xffff_ffff, NAME),
);
const callName = v.union([
  v.pipe(v.string(NAME), v.regex(/^[a-z0-9_]+$/, NAME)),
  number,
], NAME);

const ABI = 'must be the name of an ABI, as "x86_64"';
const abi = v.pipe(v.string(ABI), v.check(isAbi, ABI));

/** Whether it is libseccomp's own name for one. */
function isAbi(name: string): boolean {
  try {
    return getArchFromString(name).name === name;
  } catch (error) {
    if (error instanceof ScmpError) return false;
    throw error;
  }
}

const VALUE = 'must be a value in hexadecimal, as "0x1f", without zeros before';
const value = v.pipe(
  v.string(VALUE),
  v.regex(/^0x(?:0|[1-9a-f][0-9a-f]{0,15})$/, VALUE),
);

const SHAPES = `must be a list of at most ${MOST_SHAPES} shapes`;
const shapes = v.pipe(
  v.array(
    object({ values: v.array(value, "must be a list of values"), count }),
  ),
  v.maxLength(MOST_SHAPES, SHAPES),
);

const executable = v.pipe(
  v.string(),
  v.nonEmpty("must be the path of an executable"),
);

const call = object({
  name: callName,
  abi,
  count,
  executables: record(executable, count),
  shapes: v.optional(shapes),
  moreShapes: v.optional(v.literal(true, "must be true, or left out")),
});

const STAGE = "must be the name of a stage, without control characters";
const stageName = v.pipe(v.string(), v.regex(/^[^\p{C}]+$/u, STAGE));

const stage = object({
  runs: v.array(
    object({ command, began, seconds, exitCode }),
    "must be a list of runs",
  ),
  calls: v.array(call, "must be a list of calls"),
});

const ARCHITECTURE = 'must be "x86_64" or "aarch64"';

/** A record, each value by itself: `src/learn/record.ts` says what they are. */
export const RecordDocument = object({
  version: v.literal(1, "must be 1: other versions are not known"),
  architecture: v.picklist(["x86_64", "aarch64"], ARCHITECTURE),
  stages: record(stageName, stage),
});

/**
 * Whether a stage can have a place in a record.
 *
 * @param name The stage's name.
 */
export function isStageName(name: string): boolean {
  return v.is(stageName, name) && !RESERVED.includes(name);
}
