/**
 * Runs `doctor`, for the tests of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Program, run, type RunOptions } from "./program.ts";

/** What was looked at. */
export interface Check {
  readonly section: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly mend?: string;
}

/** What `doctor --json` says, and how it ended. */
export interface Report {
  readonly code: number;
  readonly worst: string;
  readonly checks: readonly Check[];
  /** One check as `STATUS: MESSAGE`. */
  of(section: string, name: string): string;
  /** How it is to be mended. */
  mend(section: string, name: string): string;
}

/** Runs it, and makes sure that its exit code is what it found. */
export async function doctor(
  program: Program,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Report> {
  const { code, stdout, stderr } = await run(
    program,
    ["doctor", "--json", ...args],
    options,
  );
  assert.equal(stderr, "");
  const { checks, worst }: Pick<Report, "checks" | "worst"> = JSON.parse(
    stdout,
  );
  assert.equal(code, worst === "ok" ? 0 : 1);
  const find = (section: string, name: string) =>
    checks.find((each) => each.section === section && each.name === name);
  return {
    code,
    worst,
    checks,
    of(section, name) {
      const found = find(section, name);
      return `${found?.status}: ${found?.message}`;
    },
    mend: (section, name) => find(section, name)?.mend ?? "",
  };
}

/** Does what mends something, as somebody would who reads it. */
export function follow(mend: string): void {
  const [command, ...args] = mend.split(" ");
  assert.ok(new Deno.Command(command, { args }).outputSync().success, mend);
}
