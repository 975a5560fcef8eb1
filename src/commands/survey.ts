import { int, libc } from "../libc/mod.ts";
import type { LastWord } from "../launch/latch.ts";
import { WELL_KNOWN_STAGES } from "../launch/stage.ts";
import { effectiveUser, resolveUser, type User } from "../launch/user.ts";
import { PluginError } from "../plugin/error.ts";
import type { CheckedPlugin } from "../plugin/find.ts";
import type { Policy } from "../policy/policy.ts";
import { ProofError } from "../policy/proof.ts";
import { buildStack, type Layer } from "../policy/stack.ts";
import { guardTime } from "./guard.ts";
import { type Supervised, supervisePlugins } from "./supervise.ts";
import {
  open,
  type Opened,
  prepare,
  type Prepared,
  type PreparedStage,
} from "./survey_prepare.ts";

const STDERR = 2;

/** What to survey. */
export interface SurveyRequest extends SurveyOptions {
  /** The configuration file. */
  readonly configuration: string;
}

/** How to survey. */
export interface SurveyOptions {
  /** The stages; left out: the well-known ones and those of the files. */
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
  /** Who is behind that, as in `JournalRule.origin`. */
  readonly origins?: readonly string[];
  /** What was asked for and is skipped. */
  readonly notes: readonly string[];
}

/** What of a policy `exec` heeds beside the filters. */
export type Settings = Pick<Policy, "logDenied" | "noNewPrivs">;

/** What `exec` would load. */
export interface Survey {
  readonly configuration: string;
  /** The plugins of these stages. */
  readonly plugins: readonly string[];
  readonly disabled: boolean;
  /** `undefined` where the configuration is not understood. */
  readonly settings: Settings | undefined;
  /** What is wrong with the configuration as such; then there are no stages. */
  readonly problems: readonly string[];
  /** Names of configured stages that no runner is known to have. */
  readonly oddStages: readonly string[];
  readonly stages: readonly StageSurvey[];
  /** Shows where a rule comes from, with file and line. */
  readonly describeOrigin: (origin: string) => string;
}

/**
 * Walks the way of `exec` for some stages and stops before the launch. Where
 * there are plugins, all permissions are gone afterwards.
 *
 * @throws {ConfigurationError} If the configuration cannot be read at all.
 */
export async function survey(
  { configuration, ...options }: SurveyRequest,
): Promise<Survey> {
  const [found] = await surveyAll([configuration], options);
  return found;
}

/**
 * The same for several configurations. A plugin that more than one of them
 * names is imported once, so what it keeps in variables lasts.
 *
 * @returns One survey a configuration.
 */
export async function surveyAll(
  configurations: readonly string[],
  { stages, user: name, exitCode }: SurveyOptions,
): Promise<Survey[]> {
  const opened: Opened[] = [];
  for (const file of configurations) opened.push(await open(file));
  const policies = opened.flatMap(({ general }) => general ?? []);
  const names = stages ?? [
    ...new Set([
      ...WELL_KNOWN_STAGES,
      ...policies.flatMap((policy) => [...policy.stages.keys()]),
    ]),
  ];
  const user = name === undefined || policies.length === 0
    ? undefined
    : resolveUser(name);
  const guard = guardTime(policies, { exitCode, lastWords: tell });
  // Whatever is wrong with the configured rules is found while there are
  // permissions left.
  const prepared: Prepared[] = [];
  for (const each of opened) prepared.push(await prepare(each, names));
  const plugins = new Map(
    prepared.flatMap((each) => each.stages).flatMap((stage) => stage.plugins)
      .map((plugin) => [plugin.file, plugin] as const),
  );
  const supervised = plugins.size === 0
    ? undefined
    : supervise([...plugins.values()], policies, user, exitCode);
  const surveys: Survey[] = [];
  for (const each of prepared) {
    surveys.push(await walk(each, user ?? effectiveUser(), supervised));
  }
  guard?.stop();
  supervised?.end();
  return surveys;
}

async function walk(
  { found, stages }: Prepared,
  user: User,
  supervised: Supervised | undefined,
): Promise<Survey> {
  const walked: StageSurvey[] = [];
  for (const stage of stages) {
    walked.push(await surveyStage(stage, user, supervised));
  }
  return { ...found, stages: walked };
}

async function surveyStage(
  { stage, policy, plan, plugins }: PreparedStage,
  user: User,
  supervised: Supervised | undefined,
): Promise<StageSurvey> {
  const { notes } = plan;
  const stack = buildStack(plan, policy, () => user);
  try {
    if (plugins.length > 0) {
      await supervised?.expand(stack.filter, stage, plugins, policy);
    }
    supervised?.requireIntact();
    return { stage, notes, layers: stack.conclude() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = error instanceof PluginError && error.place;
    const problem = place ? `${error.message} (${place})` : error.message;
    const origins = error instanceof ProofError ? error.origins : [];
    return { stage, notes, layers: [], problem, origins };
  }
}

function supervise(
  plugins: readonly CheckedPlugin[],
  policies: readonly Policy[],
  user: User | undefined,
  exitCode: number,
): Supervised {
  let stderr = STDERR;
  const supervised = supervisePlugins({
    policies,
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
