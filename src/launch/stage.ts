/**
 * What the runner is doing: `prepare_exec`, `after_script`, … Sub-stages are
 * open-ended; any name may come.
 */
export type Stage = string;

/** The driver's verbs that stand for one stage each. */
const STAGE_OF_VERB: Readonly<Record<string, Stage>> = {
  config: "config_exec",
  prepare: "prepare_exec",
  cleanup: "cleanup_exec",
};

/**
 * The stages that a runner goes through in a job, in that order. Others may
 * come, for instance `step_*`; `clear_worktree` comes before another try of
 * `get_sources`.
 *
 * Source: GitLab Runner, "The Custom executor", stages and sub-stages.
 */
export const WELL_KNOWN_STAGES: readonly Stage[] = [
  "config_exec",
  "prepare_exec",
  "prepare_script",
  "get_sources",
  "clear_worktree",
  "restore_cache",
  "download_artifacts",
  "step_script",
  "build_script",
  "after_script",
  "archive_cache",
  "archive_cache_on_failure",
  "upload_artifacts_on_success",
  "upload_artifacts_on_failure",
  "cleanup_file_variables",
  "cleanup_exec",
];

/**
 * Works out the stage from the driver's own arguments. The runner appends to
 * what is configured: nothing for `config`, `prepare` and `cleanup`, the script
 * and the sub-stage for `run`.
 *
 * @param args The driver's arguments, without the driver itself.
 * @returns The stage, or `undefined` if the arguments do not end in a verb of
 * the runner's contract.
 *
 * @example
 * ```ts
 * inferStage(["-u", "run", "/builds/script", "after_script"]); // "after_script"
 * inferStage(["--configuration", "/etc/jacamar.toml", "config"]); // "config_exec"
 * ```
 */
export function inferStage(args: readonly string[]): Stage | undefined {
  const last = args.at(-1);
  if (last === undefined || last === "") return undefined;
  const isVerb = Object.hasOwn(STAGE_OF_VERB, last);
  // A sub-stage that is called like a verb could as well be that verb.
  if (args.at(-3) === "run") {
    return isVerb || last.startsWith("-") ? undefined : last;
  }
  if (args.includes("run")) return undefined;
  return isVerb ? STAGE_OF_VERB[last] : undefined;
}
