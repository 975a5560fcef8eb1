/**
 * A record as JSON text, and back.
 *
 * @module
 */
import * as v from "valibot";
import { at } from "../policy/error.ts";
import { findFaults, type RecordPath } from "./faults.ts";
import { inOrder } from "./order.ts";
import type { LearnRecord } from "./record.ts";
import { RecordDocument } from "./document.ts";

/** A record that cannot be used; the message names the file and the place. */
export class RecordError extends Error {
  override readonly name = "RecordError";
  readonly code = "ERECORD";
  /** Every problem that was found, each with its place; the message is all. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("; "), options);
    this.problems = problems;
  }
}

/**
 * Reads a record.
 *
 * @param text The JSON text.
 * @param file The file's name, for messages.
 * @returns The record, in the order of `src/learn/record.ts`.
 * @throws {RecordError} If it is no record, or one that contradicts itself.
 *
 * @example
 * ```ts
 * parseRecord('{ "version": 2, "architecture": "x86_64", "stages": {} }', "policy.json");
 * // RecordError: policy.json: version: must be 1: other versions are not known
 * ```
 */
export function parseRecord(text: string, file: string): LearnRecord {
  const refuse = (problems: readonly string[], cause?: unknown) =>
    new RecordError(
      problems.map((problem) => at(file, undefined, problem)),
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refuse([`not valid JSON: ${cause.message}`], cause);
  }
  const result = v.safeParse(RecordDocument, json);
  if (!result.success) {
    throw refuse(
      result.issues.map(({ path, message }) =>
        describe((path ?? []).map(({ key }) => key as string | number), message)
      ),
    );
  }
  const faults = [...findFaults(result.output)];
  if (faults.length > 0) {
    throw refuse(faults.map(({ path, message }) => describe(path, message)));
  }
  return inOrder(result.output);
}

/**
 * Writes a record.
 *
 * @param record The record; in any order.
 * @returns JSON in the order of `src/learn/record.ts`, two spaces a level,
 * ending in a newline.
 */
export function formatRecord(record: LearnRecord): string {
  return `${JSON.stringify(inOrder(record), null, 2)}\n`;
}

/** `stages.step_script.calls[3].count: must be …` */
function describe(path: RecordPath, message: string): string {
  const place = path.map((key, index) => {
    if (typeof key === "number") return `[${key}]`;
    if (!/^[A-Za-z_]\w*$/.test(key)) return `[${JSON.stringify(key)}]`;
    return index === 0 ? key : `.${key}`;
  }).join("");
  return place === "" ? `the record ${message}` : `${place}: ${message}`;
}
