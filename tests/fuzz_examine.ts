import assert from "node:assert/strict";
import type { FuzzBench } from "./fuzz_bench.ts";
import { type FuzzCase, ordinary, STAGE, writeFiles } from "./fuzz_case.ts";
import {
  judgeCommand,
  judgeDocument,
  judgeEvaluation,
  judgeExec,
} from "./fuzz_judge.ts";
import { type Ending, runUntilDriver } from "./fuzz_process.ts";
import { hasSysAdmin, type Program, run } from "./program.ts";

/** What came of cases, and how often. */
export type Tally = Record<string, number>;

/** After how many milliseconds without an end a case is stuck. */
const PATIENCE = 30_000;
/** Where that is expected, and then seen to by a run of its own. */
const SHORT_PATIENCE = 2000;

/** A place to examine cases in, and what to examine them with. */
export interface Examination {
  readonly bench: FuzzBench;
  readonly program: Program;
  readonly tally: Tally;
}

/**
 * Examines one case.
 *
 * @throws {assert.AssertionError} If something does not hold that must.
 */
export async function examine(
  fuzzCase: FuzzCase,
  examination: Examination,
): Promise<void> {
  const { bench, tally } = examination;
  const { files, exec, command, isEvaluated, isTimed } = fuzzCase;
  writeFiles(bench.folder, fuzzCase);
  count(tally, "cases");
  let asked = exec;
  let expected: string | undefined;
  if (isEvaluated) {
    const evaluation = await bench.evaluate(
      { configuration: `${bench.folder}/jacamar.toml`, stage: STAGE },
      isTimed ? SHORT_PATIENCE : PATIENCE,
    );
    judgeEvaluation(evaluation, fuzzCase);
    expected = evaluation.outcome;
    count(tally, expected);
    if (expected === "filtered" || expected === "disabled") {
      judgeDocument(files["jacamar.toml"]);
    }
    if (expected === "stuck") asked ??= ordinary(true);
  }
  if (asked) {
    const ending = await execute(asked.args, examination);
    count(tally, ending.how.kind === "driver" ? "driver run" : "job not run");
    judgeExec(ending, asked, files, bench.folder);
    await compare(ending, expected, fuzzCase, examination);
  }
  if (command) {
    const args = command.map((each) => each.replaceAll("FOLDER", bench.folder));
    const result = await run(examination.program, args, {
      cwd: bench.folder,
      wrapper: ["timeout", "--signal=KILL", "60"],
    });
    judgeCommand(result, args);
    count(tally, "command");
  }
}

function execute(
  args: readonly string[],
  { bench, program }: Examination,
): Promise<Ending> {
  const filled = args.map((each) => each.replaceAll("FOLDER", bench.folder));
  return runUntilDriver(program, ["exec", ...filled], {
    driver: bench.driver,
    cwd: bench.folder,
  });
}

/** Makes sure that the process does as was found before. */
async function compare(
  { how }: Ending,
  expected: string | undefined,
  { exec }: FuzzCase,
  examination: Examination,
): Promise<void> {
  if (exec === undefined || expected === undefined) return;
  if (expected === "refused") {
    assert.notEqual(how.kind, "driver", "what is refused was run");
  }
  if (expected !== "filtered" || how.kind === "driver" || !hasSysAdmin) return;
  // Why it was not run; but that time was over is no mistake.
  const again = await execute(["-u", ...exec.args], examination);
  const { how: other } = again;
  if (other.kind === "driver") return;
  if (other.kind === "code" && other.signal === "SIGSYS") return;
  assert.match(
    again.stderr,
    /plugin_timeout|kernel takes|execve is refused with its arguments|could not execute the driver/,
  );
}

/** Counts what came of a case. */
export function count(tally: Tally, what: string): void {
  tally[what] = (tally[what] ?? 0) + 1;
}
