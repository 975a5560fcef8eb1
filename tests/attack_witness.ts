/**
 * A driver that writes down what it was given, for attacks on what surrounds it:
 * where descriptors and limits are odd, standard output tells nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Scene, SYSTEM_FAILURE } from "./attack.ts";
import {
  hasCommand,
  type Program,
  type Result,
  run,
  type RunOptions,
} from "./program.ts";

/** With which the driver of these tests ends. */
export const DRIVER_CODE = 5;

/** The files that the driver writes beside its mark, which has its filters. */
const TESTIMONIES = [
  "environ",
  "descriptors",
  "status",
  "limits",
  "directory",
] as const;
type Testimony = (typeof TESTIMONIES)[number];

const BARE: Program = { name: "bare", command: [] };

/**
 * Prints a shell's own status without starting anything: a shell that waits for
 * a process changes its signal mask.
 */
export const READ_STATUS =
  'while read -r line; do echo "$line"; done </proc/self/status';

/** Does something to a process, then becomes what follows it. */
export function after(script: string): readonly string[] {
  return ["sh", "-c", `${script}; exec "$@"`, "sh"];
}

/** Why an attack cannot be tried that needs these commands. */
export function needs(...commands: readonly string[]): string | undefined {
  const missing = commands.filter((command) => !hasCommand(command));
  return missing.length > 0 ? `needs ${missing.join(", ")}` : undefined;
}

/** A scene whose filter refuses mkdir, and whose driver is a witness. */
export class Witness extends Scene {
  constructor(keys = "") {
    super();
    this.config(`block_calls = ["mkdir", "mkdirat"]\n${keys}`);
    const { path, marker } = this;
    this.file(
      "driver",
      `#!/bin/sh
PATH=/usr/bin:/bin
${READ_STATUS} >${path}/status
cat /proc/$$/environ >${path}/environ
ls -l /proc/$$/fd | cat >${path}/descriptors
cat /proc/$$/limits >${path}/limits
pwd -P >${path}/directory
{ grep Seccomp_filters: /proc/self/status; mkdir ${path}/made; } >${marker} 2>&1
exit ${DRIVER_CODE}
`,
      0o755,
    );
  }

  /** Runs the driver without us. */
  bare(options: RunOptions = {}): Promise<Result> {
    const env = { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` };
    return run(BARE, [this.driver], {
      ...options,
      env: { ...env, ...options.env },
    });
  }

  /** What the driver wrote, byte for byte; empty if it wrote nothing. */
  read(what: Testimony): string {
    try {
      const bytes = Deno.readFileSync(`${this.path}/${what}`);
      return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** Removes all that a driver made. */
  clear(): void {
    for (const name of ["driver-was-run", "made", ...TESTIMONIES]) {
      try {
        Deno.removeSync(`${this.path}/${name}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }
}

/** Asserts that the driver was run under the filter that refuses mkdir. */
export function assertWitness(scene: Witness, result: Result): void {
  assert.deepEqual(
    [result.code, result.signal],
    [DRIVER_CODE, null],
    told(result),
  );
  const report = Deno.readTextFileSync(scene.marker);
  assert.match(report, /^Seccomp_filters:\s*1$/m);
  assert.match(report, /made.*: Operation not permitted$/m);
}

/**
 * Asserts that nothing was run, whoever ended the process: what comes before any
 * code of ours ends with a code of Deno's own.
 */
export function assertNotRun(scene: Witness, result: Result): void {
  assert.equal(scene.wasRun, false, "the driver was run");
  assert.equal(result.stdout, "");
  assert.notEqual(result.code, 0, told(result));
  assert.notEqual(result.code, KILLED_BY_TIMEOUT, "it did not end");
}

/** Asserts one or the other. */
export function assertNotRunOrWitness(scene: Witness, result: Result): void {
  if (scene.wasRun) assertWitness(scene, result);
  else assertNotRun(scene, result);
}

/** Ends what does not end, with a code that no assertion takes. */
export const PATIENTLY = ["timeout", "-k", "5", "120"] as const;
const KILLED_BY_TIMEOUT = 124;

function told({ code, signal, stderr }: Result): string {
  return `code ${code}, signal ${signal}: ${stderr.slice(0, 2000)}`;
}
