import { conclude } from "../libseccomp/host.ts";
import type { ScmpFilter } from "../libseccomp/mod.ts";
import { findDriver } from "../launch/driver.ts";
import { latchExit } from "../launch/latch.ts";
import {
  type Load,
  type PreparedLaunch,
  prepareLaunch,
} from "../launch/launch.ts";
import {
  decideNoNewPrivs,
  type Privileges,
  readPrivileges,
} from "../launch/privileges.ts";
import { inferStage, type Stage } from "../launch/stage.ts";
import { buildFilter } from "../policy/build.ts";
import { refusesExecve } from "../policy/refuses_execve.ts";
import { loadPolicy, type Policy } from "../policy/policy.ts";
import {
  type ExecRequest,
  isUnobfuscated,
  parseExecArguments,
  UsageError,
} from "./exec_arguments.ts";
import { Failure } from "./failure.ts";
import { supervisePlugins } from "./supervise.ts";

/**
 * Loads the filter and becomes the driver.
 *
 * @param args The arguments after `exec`.
 * @returns Never: on success this process is the driver, on any failure it ends
 * with the system-failure exit code.
 */
export async function exec(args: readonly string[]): Promise<never> {
  const failure = new Failure(isUnobfuscated(args));
  try {
    latchExit(failure.exitCode);
    return await run(parseExecArguments(args), failure);
  } catch (error) {
    return failure.end(error);
  }
}

async function run(request: ExecRequest, failure: Failure): Promise<never> {
  const { configuration, driver: [driver, ...args] } = request;
  failure.facts.stage = request.stage ?? inferStage(args);
  failure.facts.configuration = configuration;
  const policy = await loadPolicy(configuration, {
    onLogging: (logging) => failure.useLog(logging),
  });
  failure.facts.configuration = policy.file;
  const stage = requireStage(failure.facts.stage);
  failure.facts.driver = driver;
  const file = findDriver(driver, searchPath);
  const prepared = prepareLaunch(file, request.driver);
  if (policy.disabled) {
    failure.note(
      "warn",
      "seccomp is disabled: the driver is executed without a filter",
    );
    return prepared.launch(undefined);
  }
  const privileges = readPrivileges();
  warnOfNoNewPrivs(privileges, failure);
  const noNewPrivs = decideNoNewPrivs(policy.noNewPrivs, privileges);
  const filter = await buildFilter(policy);
  if (policy.plugins.length > 0) {
    await expand(filter, {
      policy,
      stage,
      failure,
      showOutput: request.unobfuscated,
    });
  }
  return launch(prepared, filter, noNewPrivs);
}

function requireStage(stage: Stage | undefined): Stage {
  if (stage !== undefined) return stage;
  throw new UsageError(
    "the driver's arguments do not tell the stage: they end in config, prepare, run SCRIPT STAGE or cleanup; " +
      "or give --stage STAGE",
  );
}

/** Asked only for a driver without a slash: PATH need not be text. */
function searchPath(): string | undefined {
  return Deno.env.get("PATH");
}

/**
 * It breaks sudo and file capabilities in the job, and who looks for the reason
 * should find it.
 */
function warnOfNoNewPrivs({ noNewPrivs }: Privileges, failure: Failure): void {
  if (!noNewPrivs) return;
  try {
    failure.note(
      "warn",
      "no_new_privs is already set: setuid programs and file capabilities will not work in the job",
    );
  } catch {
    // A warning that cannot be written is no reason to refuse the job: it will
    // run under its filter.
  }
}

interface Expansion {
  readonly policy: Policy;
  readonly stage: Stage;
  readonly failure: Failure;
  readonly showOutput: boolean;
}

async function expand(filter: ScmpFilter, expansion: Expansion): Promise<void> {
  const { policy, stage, failure, showOutput } = expansion;
  const supervised = supervisePlugins({
    policy,
    showOutput,
    exitCode: failure.exitCode,
    lastWords: (error) => failure.lastWords(error),
    fail: (error) => failure.end(error),
  });
  failure.stderr = supervised.stderr;
  await supervised.expand(filter, stage);
  supervised.end();
  failure.stderr = 2;
}

/**
 * From here on nothing is left but to load the program and execute the driver.
 */
function launch(
  prepared: PreparedLaunch,
  filter: ScmpFilter,
  noNewPrivs: boolean,
): never {
  const { program, journal } = conclude(filter);
  const refusal = refusesExecve(journal);
  if (refusal) throw new Error(`the driver could not be started: ${refusal}`);
  const load: Load = {
    program,
    // A plugin may ask for it, and may not take it away.
    noNewPrivs: noNewPrivs || journal.noNewPrivs === true,
    log: journal.log,
    speculativeStoreBypass: journal.speculativeStoreBypass,
  };
  return prepared.launch(load);
}
