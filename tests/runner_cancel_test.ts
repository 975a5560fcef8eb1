/**
 * Jobs that GitLab Runner stops: it sends SIGTERM to the process group of what
 * it started, and SIGKILL to what is left of it later.
 *
 * @module
 */
import assert from "node:assert/strict";
import { testEach } from "./program.ts";
import type { JobRun } from "./runner.ts";
import { CANCELLED, type Outcome } from "./runner_outcome.ts";
import { fastest, missing, RunnerScene } from "./runner_scene.ts";

/** The stages that have a script, as the job has them. */
const SUB_STAGES = [
  "prepare_script",
  "get_sources",
  "restore_cache",
  "download_artifacts",
  "step_script",
  "after_script",
  "archive_cache",
  "upload_artifacts_on_success",
  "cleanup_file_variables",
];

/** As the driver is told them. */
const told = (stage: string) =>
  stage === "step_script" ? "build_script" : stage;

/** All stages that are cancelled with the job; cleanup_exec is not. */
const STAGES = ["config_exec", "prepare_exec", ...SUB_STAGES];

/**
 * Every process of it holds the pipe; one that stays in the background holds
 * nothing else. They are started by a shell that traps nothing: what bash forks
 * still has its trap for a moment, and would miss a signal then.
 */
const HOLD = `exec 9>../held
sh -c 'sleep 600 >/dev/null 2>&1 & echo held >&2; exec sleep 600' &
wait
`;

const GRACEFUL = `trap 'echo script ends; exit 1' TERM\n${HOLD}`;
const STUBBORN = `trap '' TERM\n${HOLD}`;

/** A scene whose jobs have a script for one stage alone. */
class StoppedScene extends RunnerScene {
  /** Starts the job; `released` resolves when nothing is left that holds the pipe. */
  async play(
    stage: string,
    script: string,
    others: Readonly<Record<string, string>> = {},
  ): Promise<
    { run: JobRun; outcome: Promise<Outcome>; released: Promise<void> }
  > {
    const pipe = `${this.path}/held`;
    const args = ["-m", "666", pipe];
    assert.ok((await new Deno.Command("mkfifo", { args }).output()).success);
    const verb = /^(config|prepare|cleanup)_exec$/.exec(stage)?.[1];
    if (verb !== undefined) this.file(`${verb}.sh`, script);
    const scripts = { ...others, ...verb ? {} : { [stage]: script } };
    const run = this.job({ scripts });
    return { run, outcome: run.play(), released: untilReleased(pipe) };
  }
}

/** Reads a pipe to its end, which comes when nobody can write to it any more. */
async function untilReleased(pipe: string): Promise<void> {
  using file = await Deno.open(pipe);
  assert.equal(await file.read(new Uint8Array(1)), null);
}

for (const stage of STAGES) {
  testEach(
    `a job that is stopped in ${
      told(stage)
    } ends gracefully, and nothing is left`,
    async (program) => {
      using scene = new StoppedScene(program);
      const { run, outcome, released } = await scene.play(stage, GRACEFUL);
      await run.jobLog.until("held\n");
      run.abort();
      assert.deepEqual(await outcome, CANCELLED);
      await released;
      assert.deepEqual(run.killed, []);
      assert.equal(run.started.at(-1), "cleanup_exec");
      assert.deepEqual(run.started, scene.driven);
      assert.match(
        run.jobLog.text,
        new RegExp(`^driver: ${told(stage)} was cancelled$`, "m"),
      );
      if (stage !== "config_exec") {
        assert.match(run.jobLog.text, /^script ends$/m);
      }
    },
    missing,
    fastest,
  );
}

testEach(
  "a job that is cancelled in its script still has its after_script",
  async (program) => {
    using scene = new StoppedScene(program);
    const { run, outcome, released } = await scene.play(
      "step_script",
      GRACEFUL,
      {
        after_script: "echo after\n",
        archive_cache_on_failure: "echo saved\n",
      },
    );
    await run.jobLog.until("held\n");
    run.cancel();
    assert.deepEqual(await outcome, CANCELLED);
    await released;
    assert.deepEqual(scene.driven, [
      ...["config_exec", "prepare_exec", "build_script", "after_script"],
      ...["archive_cache_on_failure", "cleanup_exec"],
    ]);
    assert.match(run.jobLog.text, /script ends\n[^]*\nafter\nsaved\n$/);
  },
  missing,
);

for (const stage of ["prepare_exec", "step_script"]) {
  testEach(
    `a job that ignores SIGTERM in ${
      told(stage)
    } is killed, and nothing is left`,
    async (program) => {
      using scene = new StoppedScene(program, {
        custom: { graceful_kill_timeout: 1 },
      });
      const { run, outcome, released } = await scene.play(stage, STUBBORN);
      await run.jobLog.until("held\n");
      run.abort();
      assert.deepEqual(await outcome, CANCELLED);
      await released;
      assert.deepEqual(run.started, scene.driven);
      assert.deepEqual(run.killed, [told(stage)]);
      // SIGKILL gave the driver no time to say so.
      assert.doesNotMatch(run.jobLog.text, /was cancelled/);
    },
    missing,
    fastest,
  );
}
