import { int, libc } from "../libc/mod.ts";
import type { LastWord } from "../launch/latch.ts";
import { WELL_KNOWN_STAGES } from "../launch/stage.ts";
import { effectiveUser, resolveUser, type User } from "../launch/user.ts";
import { PluginError } from "../plugin/error.ts";
import { type CheckedPlugin, checkPlugin } from "../plugin/find.ts";
import { ConfigurationError } from "../policy/error.ts";
import { type Plan, planRules } from "../policy/plan.ts";
import { atStage, loadPolicy, type Policy } from "../policy/policy.ts";
import { buildStack, type Layer } from "../policy/stack.ts";
import { guardTime } from "./guard.ts";
import { type Supervised, supervisePlugins } from "./supervise.ts";

const STDERR = 2;

/** What to survey. */
export interface SurveyRequest {
  /** The configuration file. */
  readonly configuration: string;
  /** The stages; left out: the well-known ones and those of the file. */
  readonly stages?: readonly string[];
  /** As given with `--user`. */
  readonly user?: string;
  /** With which the process ends if a plugin ends it; the latch must be on. */
  readonly exitCode: number;
}

/** What `exec` would load at one stage. */
export interface StageSurvey {
  readonly stage: string;
  /** The filters; none where there is a problem. */
  readonly layers: readonly Layer[];
  /** Why they could not be made, if they could not. */
  readonly problem?: string;
  /** What was asked for and is skipped. */
  readonly notes: readonly string[];
}

/** What `exec` would load. */
export interface Survey {
  readonly configuration: string;
  /** The plugins of these stages. */
  readonly plugins: readonly string[];
  readonly disabled: boolean;
  /** What is wrong with the configuration as such; then there are no stages. */
  readonly problems: readonly string[];
  /** Names of configured stages that no runner is known to have. */
  readonly oddStages: readonly string[];
  readonly stages: readonly StageSurvey[];
  /** Shows where a rule comes from, with file and line. */
  readonly describeOrigin: (origin: string) => string;
}

/** What is prepared for a stage while there are permissions. */
interface Prepared {
  readonly policy: Policy;
  readonly plan: Plan;
  readonly plugins: readonly CheckedPlugin[];
}

/**
 * Walks the way of `exec` for some stages and stops before the launch. Where
 * there are plugins, all permissions are gone afterwards.
 *
 * @throws {ConfigurationError} If the configuration cannot be read at all.
 */
export async function survey(request: SurveyRequest): Promise<Survey> {
  let general: Policy;
  try {
    general = await loadPolicy(request.configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.isUnreadable) {
      throw error;
    }
    return { ...nothing(request.configuration), problems: error.problems };
  }
  const { file, disabled } = general;
  if (disabled) return { ...nothing(file), disabled };
  const names = request.stages ??
    new Set([...WELL_KNOWN_STAGES, ...general.stages.keys()]);
  const user = request.user === undefined
    ? undefined
    : resolveUser(request.user);
  const ids = user ?? effectiveUser();
  const prepared = new Map<string, Prepared>();
  const base = {
    ...nothing(file),
    oddStages: await findOddStages(general),
    describeOrigin: await general.describeOrigins(),
  };
  const guard = guardTime(general, {
    exitCode: request.exitCode,
    lastWords: tell,
  });
  let supervised: Supervised | undefined;
  let plugins: readonly string[] = [];
  try {
    // Whatever is wrong with the configured rules is found while there are
    // permissions left.
    for (const stage of names) {
      prepared.set(stage, await prepare(general, stage));
    }
    const all = new Map(
      [...prepared.values()].flatMap((stage) => stage.plugins).map((plugin) =>
        [plugin.file, plugin] as const
      ),
    );
    plugins = [...all.keys()];
    if (all.size > 0) {
      const { exitCode } = request;
      supervised = supervise([...all.values()], general, user, exitCode);
    }
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { ...base, problems: error.problems };
    }
    if (error instanceof PluginError) {
      return { ...base, problems: [error.message] };
    }
    throw error;
  }
  const stages: StageSurvey[] = [];
  for (const [stage, each] of prepared) {
    stages.push(await surveyStage(stage, each, ids, supervised));
  }
  guard?.stop();
  supervised?.end();
  return { ...base, plugins, stages };
}

function nothing(configuration: string): Survey {
  return {
    configuration,
    plugins: [],
    disabled: false,
    problems: [],
    oddStages: [],
    stages: [],
    describeOrigin: String,
  };
}

async function prepare(general: Policy, stage: string): Promise<Prepared> {
  const policy = atStage(general, stage);
  const plan = await planRules(policy);
  buildStack(plan, policy, effectiveUser).filter.release();
  const plugins: CheckedPlugin[] = [];
  for (const plugin of policy.plugins) plugins.push(await checkPlugin(plugin));
  return { policy, plan, plugins };
}

async function surveyStage(
  stage: string,
  { policy, plan, plugins }: Prepared,
  user: User,
  supervised: Supervised | undefined,
): Promise<StageSurvey> {
  const { notes } = plan;
  const stack = buildStack(plan, policy, () => user);
  try {
    if (plugins.length > 0) {
      await supervised?.expand(stack.filter, stage, plugins);
    }
    return { stage, notes, layers: stack.conclude() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = error instanceof PluginError && error.place;
    const problem = place ? `${error.message} (${place})` : error.message;
    return { stage, notes, layers: [], problem };
  }
}

/**
 * A stage that no runner has would be a policy that is never applied; but steps
 * may have any name.
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
  return odd;
}

function supervise(
  plugins: readonly CheckedPlugin[],
  policy: Policy,
  user: User | undefined,
  exitCode: number,
): Supervised {
  let stderr = STDERR;
  const supervised = supervisePlugins({
    policy,
    plugins,
    user,
    exitCode,
    showOutput: true,
    lastWords: tell,
    fail: (error) => end(exitCode, error, stderr),
  });
  stderr = supervised.stderr;
  return supervised;
}

/** What is left to say of an error, and where. */
function tell({ message }: Error): LastWord[] {
  return [{ fd: STDERR, line: `jacamar-seccomp: ${message}\n` }];
}

/**
 * Ends the process past the exit latch.
 *
 * @param code The exit code, 0 to 255.
 * @param error What to tell on standard error first, if anything.
 * @param stderr Where standard error is.
 */
export function end(code: number, error?: unknown, stderr = STDERR): never {
  const { _exit, write } = libc().calls;
  if (error !== undefined) {
    const text = error instanceof Error ? error.message : String(error);
    const line = new TextEncoder().encode(`jacamar-seccomp: ${text}\n`);
    write(int(stderr), line, BigInt(line.length));
  }
  _exit(int(code));
  throw new Error("_exit returned");
}

/** Writes all of a text to standard output. */
export function print(text: string): void {
  for (let rest = new TextEncoder().encode(text); rest.length > 0;) {
    rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}
