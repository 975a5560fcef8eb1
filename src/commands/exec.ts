import { findDriver } from "../launch/driver.ts";
import { latchExit } from "../launch/latch.ts";
import {
  type LoadedFilter,
  type PreparedLaunch,
  prepareLaunch,
} from "../launch/launch.ts";
import {
  decideNoNewPrivs,
  readPrivileges,
  refuseBorrowedPrivileges,
} from "../launch/privileges.ts";
import { keepSignals } from "../launch/signals.ts";
import { inferStage, type Stage } from "../launch/stage.ts";
import { effectiveUser, resolveUser } from "../launch/user.ts";
import { planRules } from "../policy/plan.ts";
import { atStage, loadPolicy, type Policy } from "../policy/policy.ts";
import { ProofError } from "../policy/proof.ts";
import { requireExecve, StartError } from "../policy/refuses_execve.ts";
import { requireDriver } from "../policy/requires_driver.ts";
import { buildStack, type Layer } from "../policy/stack.ts";
import {
  type ExecRequest,
  isUnobfuscated,
  readExecArguments,
  UsageError,
} from "./exec_arguments.ts";
import { Failure } from "./failure.ts";
import { guardTime } from "./guard.ts";
import type { Supervised } from "./supervise.ts";

const STDERR = 2;

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
    keepSignals();
    refuseBorrowedPrivileges();
    return await run(await readExecArguments(args), failure);
  } catch (error) {
    return failure.end(error);
  }
}

async function run(request: ExecRequest, failure: Failure): Promise<never> {
  const { configuration, driver: [driver, ...args] } = request;
  failure.facts.stage = request.stage ?? inferStage(args);
  failure.facts.configuration = configuration;
  const general = await loadPolicy(
    configuration,
    (logging) => failure.useLog(logging),
  );
  failure.facts.configuration = general.file;
  const stage = requireStage(failure.facts.stage);
  const policy = atStage(general, stage);
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
  const user = request.user === undefined
    ? undefined
    : resolveUser(request.user);
  const privileges = readPrivileges();
  const noNewPrivs = decideNoNewPrivs(policy.noNewPrivs, privileges);
  const guard = guardTime([policy], {
    exitCode: failure.exitCode,
    lastWords: (error) => failure.lastWords(error),
  });
  const plan = await planRules(policy);
  const stack = buildStack(plan, policy, () => user ?? effectiveUser());
  // Loaded now: once plugins have run, nothing is waited for any more.
  const warn = failure.hears("warn")
    ? (await import("./warn.ts")).prepareWarnings({
      plan,
      policy,
      privileges,
      failure,
      describeOrigin: await policy.describeOrigins(),
    })
    : undefined;
  let supervised: Supervised | undefined;
  if (policy.plugins.length > 0) {
    const showOutput = request.unobfuscated;
    // Most configurations have no plugin, and a start without is not to pay for
    // what keeps one on its lead.
    const { expand } = await import("./expand.ts");
    supervised = await expand(stack, {
      policy,
      stage,
      failure,
      showOutput,
      user,
    });
  }
  // Nothing is waited for from here on, so what is intact now stays so.
  supervised?.requireIntact();
  let layers: Layer[];
  try {
    layers = stack.conclude();
    requireExecve(layers);
    requireDriver(layers, prepared.execve);
  } catch (error) {
    // To wait is harmless here: nothing will be loaded any more.
    throw await withOrigins(error, policy);
  }
  warn?.(layers);
  guard?.stop();
  supervised?.end();
  failure.stderr = STDERR;
  return launch(prepared, layers, { noNewPrivs, logDenied: policy.logDenied });
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

/** Adds to an error who asked for what it is about, with file and line. */
async function withOrigins(error: unknown, policy: Policy): Promise<unknown> {
  const isKnown = error instanceof StartError || error instanceof ProofError;
  if (!isKnown || error.origins.length === 0) return error;
  const from = error.origins.map(await policy.describeOrigins()).join("; ");
  error.message += ` [${from}]`;
  return error;
}

/**
 * From here on nothing is left but to load the programs and execute the driver.
 */
function launch(
  prepared: PreparedLaunch,
  layers: readonly Layer[],
  { noNewPrivs, logDenied }: { noNewPrivs: boolean; logDenied: boolean },
): never {
  const filters: LoadedFilter[] = [];
  // A plugin may ask for it, and may not take it away.
  let isNoNewPrivs = noNewPrivs;
  for (const { journal, programs } of layers) {
    const log = logDenied || journal?.log === true;
    const speculativeStoreBypass = journal?.speculativeStoreBypass === true;
    for (const program of programs) {
      filters.push({ program, log, speculativeStoreBypass });
    }
    isNoNewPrivs ||= journal?.noNewPrivs === true;
  }
  return prepared.launch({ filters, noNewPrivs: isNoNewPrivs });
}
