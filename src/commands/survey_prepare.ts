import { WELL_KNOWN_STAGES } from "../launch/stage.ts";
import { effectiveUser } from "../launch/user.ts";
import { PluginError } from "../plugin/error.ts";
import { type CheckedPlugin, checkPlugin } from "../plugin/find.ts";
import { ConfigurationError } from "../policy/error.ts";
import { type Plan, planRules } from "../policy/plan.ts";
import { atStage, loadPolicy, type Policy } from "../policy/policy.ts";
import { buildStack } from "../policy/stack.ts";
import type { Survey } from "./survey.ts";

/** A configuration that has been read. */
export interface Opened {
  /** What is known so far; no stages. */
  readonly found: Survey;
  /** `undefined` where there is nothing to prepare: see `found`. */
  readonly general: Policy | undefined;
}

/** What is prepared for a stage while there are permissions. */
export interface PreparedStage {
  readonly stage: string;
  readonly policy: Policy;
  readonly plan: Plan;
  readonly plugins: readonly CheckedPlugin[];
}

/** A configuration whose stages are prepared. */
export interface Prepared {
  readonly found: Survey;
  readonly stages: readonly PreparedStage[];
}

/**
 * Reads a configuration.
 *
 * @throws {ConfigurationError} If it cannot be read at all.
 */
export async function open(configuration: string): Promise<Opened> {
  let general: Policy;
  try {
    general = await loadPolicy(configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.isUnreadable) {
      throw error;
    }
    const found = { ...nothing(configuration), problems: error.problems };
    return { found, general: undefined };
  }
  const { file, disabled, logDenied, noNewPrivs } = general;
  const settings = { logDenied, noNewPrivs };
  const found = { ...nothing(file), disabled, settings };
  return { found, general: disabled ? undefined : general };
}

/** Prepares the stages of a configuration; none, where it has a problem. */
export async function prepare(
  { found, general }: Opened,
  names: readonly string[],
): Promise<Prepared> {
  if (general === undefined) return { found, stages: [] };
  const known = {
    ...found,
    oddStages: await findOddStages(general),
    describeOrigin: await general.describeOrigins(),
  };
  try {
    const stages: PreparedStage[] = [];
    for (const name of new Set(names)) {
      stages.push(await prepareStage(general, name));
    }
    const plugins = stages.flatMap((stage) => stage.plugins);
    const files = [...new Set(plugins.map(({ file }) => file))];
    return { found: { ...known, plugins: files }, stages };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { found: { ...known, problems: error.problems }, stages: [] };
    }
    if (error instanceof PluginError) {
      return { found: { ...known, problems: [error.message] }, stages: [] };
    }
    throw error;
  }
}

async function prepareStage(
  general: Policy,
  stage: string,
): Promise<PreparedStage> {
  const policy = atStage(general, stage);
  const plan = await planRules(policy);
  buildStack(plan, policy, effectiveUser).filter.release();
  const plugins: CheckedPlugin[] = [];
  for (const plugin of policy.plugins) plugins.push(await checkPlugin(plugin));
  return { stage, policy, plan, plugins };
}

function nothing(configuration: string): Survey {
  return {
    configuration,
    plugins: [],
    disabled: false,
    settings: undefined,
    problems: [],
    oddStages: [],
    stages: [],
    describeOrigin: String,
  };
}

/**
 * A stage that no runner has would be a policy that is never applied; but steps
 * may have any name.
 *
 * Source: GitLab Runner, executors/custom/custom.go, which renames
 * `step_script`.
 */
async function findOddStages({ stages }: Policy): Promise<string[]> {
  const { nearest } = await import("../policy/nearest.ts");
  const odd: string[] = [];
  for (const stage of stages.keys()) {
    if (WELL_KNOWN_STAGES.includes(stage) || stage.startsWith("step_")) {
      continue;
    }
    const near = await nearest(stage, WELL_KNOWN_STAGES);
    const meant = near === undefined ? "" : `, did you mean "${near}"?`;
    odd.push(`no runner is known to have a stage "${stage}"${meant}`);
  }
  if (stages.has("step_script") && !stages.has("build_script")) {
    odd.push(
      "stages.step_script is set and stages.build_script is not: GitLab calls the job's script step_script, and its runner build_script",
    );
  }
  return odd;
}
