/**
 * Learns from scripts of shell, and looks at what was recorded.
 *
 * @module
 */
import { parseRecord } from "../src/learn/record_schema.ts";
import type { LearnedCall, LearnRecord } from "../src/learn/record.ts";
import {
  type Program,
  run,
  type RunOptions,
  type Scratch,
  start,
} from "./program.ts";

/** The exit code of what is not the job's failure. */
export const SYSTEM_FAILURE = 42;
/** Has it known to `learn`. */
export const env = { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` };

/** Learns from a script of shell. */
export async function learn(
  program: Program,
  scratch: Scratch,
  script: string,
  { flags = [], ...options }: RunOptions & { flags?: readonly string[] } = {},
) {
  const output = `${scratch.path}/policy.toml`;
  return await run(
    program,
    ["learn", "--output", output, ...flags, "--", "/bin/sh", "-c", script],
    { env, cwd: scratch.path, ...options },
  );
}

/** What was recorded. */
export function record(scratch: Scratch): LearnRecord {
  const file = `${scratch.path}/policy.json`;
  return parseRecord(Deno.readTextFileSync(file), file);
}

/** A call of a stage. */
export function call(
  scratch: Scratch,
  name: string,
  stage = "*",
): LearnedCall | undefined {
  return record(scratch).stages[stage].calls.find((each) => each.name === name);
}

/** The names of the files in a folder. */
export function files(scratch: Scratch): string[] {
  return [...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort();
}

/**
 * Starts to learn from a script of shell, and waits for its first words.
 *
 * @param output Where to, from the scratch folder on.
 * @returns The recorder, and the words.
 */
export async function startLearning(
  program: Program,
  scratch: Scratch,
  script: string,
  output = "policy.toml",
): Promise<{ readonly child: Deno.ChildProcess; readonly said: string }> {
  const child = start(program, [
    ...["learn", "--output", output, "--", "/bin/sh", "-c", script],
  ], { env, cwd: scratch.path });
  await child.stdin.close();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return { child, said: new TextDecoder().decode(value).trim() };
}
