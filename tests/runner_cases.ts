/**
 * Jobs in which something fails, and what is to become of them.
 *
 * @module
 */
import type { Outcome } from "./runner_outcome.ts";
import type { Setup } from "./runner_scene.ts";

export const SUCCESS: Outcome = { status: "success" };

export interface Case extends Setup {
  readonly name: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Instead of those that succeed. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  /** What was started between config_exec and cleanup_exec, or all of it. */
  readonly ran: string;
  /** Where the driver was not run. */
  readonly refused?: string;
  readonly jobLog?: RegExp;
  readonly runnerLog?: RegExp;
  /** Played from source as well. */
  readonly both?: true;
}

/** What there is to do in each job of the table. */
export const SCRIPTS = {
  prepare_script: ":\n",
  get_sources: ":\n",
  step_script: ":\n",
  after_script: ":\n",
  archive_cache_on_failure: ":\n",
  upload_artifacts_on_success: ":\n",
};

const failsIn = (stage: string) =>
  `export const seccompExpansion = (_filter, stage) => {
  if (stage === "${stage}") throw new Error("secret of the site");
};`;

const OUR_LINE =
  /^jacamar-seccomp: system error, the job was not run; .*\(reference [0-9a-f]{12}\)$/m;

const systemFailure = (message: string): Outcome => ({
  status: "failed",
  reason: "runner_system_failure",
  message,
});
const REFUSED = systemFailure("exit status 2");
const scriptFailure = (exitCode: number): Outcome => ({
  status: "failed",
  reason: "script_failure",
  message: `exit status ${exitCode}`,
  exitCode,
});
const unknownFailure = (code: number, end: string) =>
  systemFailure(
    `unknown Custom executor executable exit code ${code}; executable execution terminated with: ${end}`,
  );

const WHOLE = "prepare_script get_sources build_script after_script";
const WELL = `${WHOLE} upload_artifacts_on_success`;
const BADLY = `${WHOLE} archive_cache_on_failure`;

export const CASES: readonly Case[] = [
  {
    name: "a script that fails is a script failure with its own exit code",
    scripts: { step_script: "exit 42\n" },
    outcome: scriptFailure(42),
    ran: BADLY,
    both: true,
  },
  {
    name: "an exit code of 2 is a script's own, and no system failure",
    scripts: { step_script: "exit 2\n" },
    outcome: scriptFailure(2),
    ran: BADLY,
  },
  {
    name: "a plugin that throws in the script is a system failure, not retried",
    plugin: failsIn("build_script"),
    outcome: REFUSED,
    ran: BADLY,
    refused: "build_script",
    jobLog: OUR_LINE,
    both: true,
  },
  {
    name: "a plugin that throws at prepare_exec is tried three times",
    plugin: failsIn("prepare_exec"),
    outcome: REFUSED,
    ran: "prepare_exec cleanup_exec config_exec prepare_exec cleanup_exec " +
      "config_exec prepare_exec",
    refused: "prepare_exec",
    jobLog: OUR_LINE,
    both: true,
  },
  {
    name: "a plugin that throws at config_exec is tried three times",
    plugin: failsIn("config_exec"),
    outcome: REFUSED,
    ran: "cleanup_exec config_exec cleanup_exec config_exec",
    refused: "config_exec",
    jobLog: OUR_LINE,
  },
  {
    name: "a broken configuration refuses every stage",
    keys: 'block_call = ["mount"]\n',
    outcome: REFUSED,
    ran: "cleanup_exec config_exec cleanup_exec config_exec",
    refused: "config_exec cleanup_exec",
    jobLog: OUR_LINE,
    runnerLog: OUR_LINE,
  },
  {
    name:
      "a plugin that throws in get_sources is tried as often as the job asks",
    plugin: failsIn("get_sources"),
    variables: { GET_SOURCES_ATTEMPTS: "3" },
    scripts: { clear_worktree: ":\n" },
    outcome: REFUSED,
    ran: "prepare_script get_sources clear_worktree get_sources get_sources " +
      "archive_cache_on_failure",
    refused: "get_sources",
  },
  {
    name: "a plugin that throws in after_script only warns",
    plugin: failsIn("after_script"),
    outcome: SUCCESS,
    ran: WELL,
    refused: "after_script",
    jobLog: /^WARNING: after_script failed, .*: exit status 2$/m,
  },
  {
    name: "a plugin that throws at cleanup_exec only warns",
    plugin: failsIn("cleanup_exec"),
    outcome: SUCCESS,
    ran: `prepare_exec ${WELL}`,
    refused: "cleanup_exec",
    jobLog: /^WARNING: Cleanup script failed: exit status 2$/m,
    runnerLog: OUR_LINE,
  },
  {
    name: "a plugin that throws in prepare_script ends the job at once",
    plugin: failsIn("prepare_script"),
    outcome: REFUSED,
    ran: "prepare_script",
    refused: "prepare_script",
  },
  {
    name: "a driver's own system failure passes, and the second try may do",
    hooks: { prepare: "mkdir tried 2>/dev/null && exit 2\necho ready\n" },
    outcome: SUCCESS,
    ran: `prepare_exec cleanup_exec config_exec prepare_exec ${WELL}`,
    jobLog: /^ERROR: Preparation failed: exit status 2$/m,
  },
  {
    name: "a driver's build failure at prepare_exec is not tried again",
    ends: ["prepare_exec=1"],
    outcome: scriptFailure(1),
    ran: "prepare_exec",
  },
  {
    name: "any other exit code passes as it is",
    ends: ["build_script=77"],
    outcome: unknownFailure(77, "exit status 77"),
    ran: BADLY,
  },
  {
    name: "a driver's death by a signal passes as it is",
    ends: ["build_script=SEGV"],
    outcome: unknownFailure(-1, "signal: SIGSEGV"),
    ran: BADLY,
  },
  {
    name:
      "a driver that becomes another user than limit_setuid lets is a system failure",
    keys: "limit_setuid = true\n",
    flags: ["--user", "1:1"],
    outcome: REFUSED,
    ran: "prepare_script",
    jobLog: /^driver: (setgroups|setgid): Operation not permitted/m,
  },
];
