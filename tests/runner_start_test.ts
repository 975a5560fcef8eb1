/**
 * Jobs that GitLab Runner stops before their driver is executed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { testEach } from "./program.ts";
import { CANCELLED } from "./runner_outcome.ts";
import { fastest, missing, RunnerScene, type Setup } from "./runner_scene.ts";

/** A plugin that says when it runs in a stage, and never returns. */
const hangsIn = (stage: string, how: string): Setup => ({
  plugin: `export const seccompExpansion = async (_filter, stage) => {
  if (stage !== "${stage}") return;
  console.error("held");
  ${how};
};`,
  keys: 'plugin_timeout = "10m"\n',
  flags: ["-u"],
});

const LOOPS = "for (;;);";
const WAITS = "await new Promise((done) => setTimeout(done, 600_000))";

for (
  const [stage, how, name] of [
    ["config_exec", WAITS, "waits"],
    ["prepare_exec", LOOPS, "loops"],
    ["build_script", WAITS, "waits"],
    ["build_script", LOOPS, "loops"],
  ]
) {
  testEach(
    `a job that is stopped while a plugin ${name} in ${stage} ends at once, its driver not run`,
    async (program) => {
      using scene = new RunnerScene(program, hangsIn(stage, how));
      const run = scene.job({ scripts: { step_script: ":\n" } });
      const outcome = run.play();
      await run.jobLog.until("held\n");
      run.abort();
      assert.deepEqual(await outcome, CANCELLED);
      assert.deepEqual(run.killed, []);
      assert.equal(run.started.at(-2), stage);
      assert.deepEqual(
        scene.driven,
        run.started.filter((started) => started !== stage),
      );
    },
    missing,
  );
}

interface Late {
  readonly stage: "config_exec" | "prepare_exec" | "cleanup_exec";
  readonly started: string;
  readonly outcome: "success" | "runner_system_failure";
}

const LATE: readonly Late[] = [
  {
    stage: "config_exec",
    started: "config_exec cleanup_exec ".repeat(3).trim(),
    outcome: "runner_system_failure",
  },
  {
    stage: "prepare_exec",
    started: "config_exec prepare_exec cleanup_exec ".repeat(3).trim(),
    outcome: "runner_system_failure",
  },
  {
    stage: "cleanup_exec",
    started: "config_exec prepare_exec build_script cleanup_exec",
    outcome: "success",
  },
];

for (const { stage, started, outcome } of LATE) {
  testEach(
    `${stage} that takes longer than its timeout is ended, its driver not run`,
    async (program) => {
      using scene = new RunnerScene(program, {
        ...hangsIn(stage, LOOPS),
        custom: { [`${stage}_timeout`]: 1 },
      });
      const run = scene.job({ scripts: { step_script: ":\n" } });
      const end = await run.play();
      assert.equal(end.status === "failed" ? end.reason : end.status, outcome);
      assert.deepEqual(run.started, started.split(" "));
      assert.ok(!scene.driven.includes(stage));
      assert.match(
        run.jobLog.text,
        /^(WARNING: Cleanup script|ERROR: Preparation) failed: unknown .* exit code -1; .*: signal: SIGTERM$/m,
      );
    },
    missing,
    fastest,
  );
}
