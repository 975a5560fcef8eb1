/**
 * What an attack is, and how it may end: with the job not run, or with the
 * driver run under exactly the filter that was asked for. Nothing in between.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Program,
  type Result,
  run,
  type RunOptions,
  Scratch,
} from "./program.ts";

/** A promise of `docs/security.md`, by the letter and number it has there. */
export type PromiseId = `${"F" | "J" | "P" | "S" | "U"}${number}`;

/** One try to break a promise. */
export interface Attack {
  readonly promise: PromiseId;
  /** What is tried, as the rest of "attack J1: ". */
  readonly name: string;
  /** Why it cannot be tried here, if it cannot. */
  readonly missing?: string;
  /** Against what it is tried; all ways to run the program, if left out. */
  readonly programs?: readonly Program[];
  /** Tries it, and asserts how it ends. */
  readonly attack: (program: Program) => Promise<void>;
}

/** With which a failure must end in these tests: the variable is set to it. */
export const SYSTEM_FAILURE = 77;

/**
 * A scratch folder with a driver in it. The driver leaves a mark, and says on
 * standard output what the kernel says of its filters.
 */
export class Scene extends Scratch {
  readonly marker = `${this.path}/driver-was-run`;
  readonly driver = this.file(
    "driver",
    `#!/bin/sh\n: >${this.marker}\ngrep Seccomp_filters: /proc/self/status\nmkdir ${this.path}/made 2>&1\n`,
    0o755,
  );

  /** Runs `exec` with the scene's `jacamar.toml` in front of the driver. */
  exec(
    program: Program,
    options: RunOptions & { readonly flags?: readonly string[] } = {},
  ): Promise<Result> {
    const { flags = [], ...rest } = options;
    return run(program, [
      ...["exec", "-u", "-c", `${this.path}/jacamar.toml`, "--stage", "x"],
      ...flags,
      ...["--", this.driver],
    ], {
      ...rest,
      env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}`, ...rest.env },
    });
  }

  /** Whether the driver was run. */
  get wasRun(): boolean {
    try {
      Deno.statSync(this.marker);
      return true;
    } catch {
      return false;
    }
  }

  /** Writes a plugin, and a configuration that names it. */
  plugin(text: string, keys = ""): void {
    this.file("plugin.js", text);
    this.config(`validation_plugin = "plugin.js"\n${keys}`);
  }
}

/**
 * Asserts that nothing was run: the system-failure code, or a fatal signal, and
 * not a byte on standard output.
 */
export function assertClosed(
  scene: Scene,
  result: Result,
  says?: RegExp,
): void {
  assert.equal(scene.wasRun, false, "the driver was run");
  assert.equal(result.stdout, "");
  if (result.signal === null) {
    assert.equal(result.code, SYSTEM_FAILURE, result.stderr);
  }
  if (says) assert.match(result.stderr, says);
}

/**
 * Asserts that the driver was run under the one filter that was asked for, which
 * refuses mkdir.
 */
export function assertFiltered(scene: Scene, result: Result): void {
  assert.equal(scene.wasRun, true, result.stderr);
  assert.match(result.stdout, /^Seccomp_filters:\s*1$/m);
  assert.match(result.stdout, /made.*: Operation not permitted$/m);
}

/** Asserts one or the other: no third way is allowed. */
export function assertClosedOrFiltered(scene: Scene, result: Result): void {
  if (scene.wasRun) assertFiltered(scene, result);
  else assertClosed(scene, result);
}
