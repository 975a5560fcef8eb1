/**
 * Whole jobs as GitLab Runner plays them, with `exec` in front of a driver that
 * downscopes: what is run, what is said to have failed, and what is tried again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { programs, testEach } from "./program.ts";
import { CASES, SCRIPTS, SUCCESS } from "./runner_cases.ts";
import { fastest, missing, RunnerScene } from "./runner_scene.ts";

/** A script for every stage, one that the program cannot know among them. */
const STAGES = [
  "prepare_script",
  "get_sources",
  "restore_cache",
  "download_artifacts",
  "step_script",
  "step_release",
  "after_script",
  "archive_cache",
  "upload_artifacts_on_success",
  "cleanup_file_variables",
];

testEach(
  "the config.toml of docs/gitlab.md plays a whole job, and its log has nothing of ours",
  async (program) => {
    using scene = new RunnerScene(program, {
      hooks: {
        prepare: 'echo "prepare for job $CUSTOM_ENV_CI_JOB_ID"\n',
        cleanup: "echo cleaned; echo up >&2\n",
      },
    });
    const scripts = Object.fromEntries(
      STAGES.map((stage) => [stage, `echo ${stage} in "$PWD"\n`]),
    );
    const run = scene.job({ scripts });
    assert.deepEqual(await run.play(), SUCCESS);
    const told = STAGES.map((stage) =>
      stage === "step_script" ? "build_script" : stage
    );
    const order = ["config_exec", "prepare_exec", ...told, "cleanup_exec"];
    assert.deepEqual(run.started, order);
    assert.deepEqual(scene.driven, order);
    assert.equal(
      run.jobLog.text,
      [
        "Using Custom executor with driver perl 1.0...",
        "prepare for job 17",
        ...STAGES.map((stage) => `${stage} in ${scene.builds}`),
        "",
      ].join("\n"),
    );
    assert.equal(run.runnerLog.text, "cleaned\nup\n");
  },
  missing,
);

/** All that was started, from the short form of the table. */
function order(ran: string): string[] {
  const words = ran.split(" ");
  if (words[0] === "prepare_script") words.unshift("prepare_exec");
  return ["config_exec", ...words, "cleanup_exec"];
}

for (const { name, both, ...expected } of CASES) {
  testEach(
    name,
    async (program) => {
      using scene = new RunnerScene(program, expected);
      const run = scene.job({
        variables: expected.variables,
        scripts: { ...SCRIPTS, ...expected.scripts },
      });
      assert.deepEqual(await run.play(), expected.outcome, run.jobLog.text);
      const all = order(expected.ran);
      assert.deepEqual(run.started, all);
      const refused = expected.refused?.split(" ") ?? [];
      assert.deepEqual(
        scene.driven,
        all.filter((stage) => !refused.includes(stage)),
      );
      if (expected.jobLog) assert.match(run.jobLog.text, expected.jobLog);
      if (expected.runnerLog) {
        assert.match(run.runnerLog.text, expected.runnerLog);
      }
      const logs = run.jobLog.text + run.runnerLog.text;
      assert.doesNotMatch(logs, /secret of the site/);
    },
    missing,
    both ? programs : fastest,
  );
}
