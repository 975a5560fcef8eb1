import { conclude } from "../libseccomp/host.ts";
import {
  getLibraryVersion,
  getNativeArch,
  type Journal,
} from "../libseccomp/mod.ts";
import { int, libc } from "../libc/mod.ts";
import { latchExit } from "../launch/latch.ts";
import { readPrivileges } from "../launch/privileges.ts";
import { WELL_KNOWN_STAGES } from "../launch/stage.ts";
import { PluginError } from "../plugin/error.ts";
import { buildFilter } from "../policy/build.ts";
import { ConfigurationError } from "../policy/error.ts";
import { type Finding, lint, type Surroundings } from "../policy/lint.ts";
import { loadPolicy, type Policy } from "../policy/policy.ts";
import { renderReport } from "./check_report.ts";
import { type Supervised, supervisePlugins } from "./supervise.ts";

/** Exit codes of every command but `exec`. */
const OK = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_RUN = 2;

const STDERR = 2;

/** What `check` found out about one stage. */
export interface StageReport {
  readonly stage: string;
  /** `undefined` where the filter could not be made. */
  readonly journal: Journal | undefined;
  /** Of the program that libseccomp generates. */
  readonly instructions: number;
  readonly findings: readonly Finding[];
}

/** What `check` found out. */
export interface Report {
  readonly configuration: string;
  readonly plugins: readonly string[];
  readonly disabled: boolean;
  /** What is wrong with the configuration as such; then there are no stages. */
  readonly problems: readonly string[];
  readonly stages: readonly StageReport[];
}

/** The flags of `check`. */
export interface CheckFlags {
  readonly configuration: string;
  /** The stages to walk; left out: the well-known ones. */
  readonly stage?: readonly string[];
  readonly json: boolean;
}

/**
 * Walks the way of `exec` for each stage and stops before the launch.
 *
 * @param flags The command's flags.
 * @returns Never: the process ends with 0 if there is no more than notices, 1 if
 * there is, and 2 if it could not run, as without libseccomp.
 */
export async function check(
  { configuration, stage, json }: CheckFlags,
): Promise<never> {
  const stages = stage ?? WELL_KNOWN_STAGES;
  try {
    // A plugin that ends the process must not make its own check look good.
    latchExit(FOUND_SOMETHING);
    const report = await inspect(configuration, stages);
    const text = json
      ? `${JSON.stringify(toJson(report), null, 2)}\n`
      : renderReport(report);
    writeAll(new TextEncoder().encode(text));
    const isClean = report.problems.length === 0 &&
      report.stages.every(({ findings }) =>
        findings.every(({ severity }) => severity === "notice")
      );
    return end(isClean ? OK : FOUND_SOMETHING);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}

/** Ends the process past the latch, with a word about an error. */
function end(code: number, error?: unknown, stderr = STDERR): never {
  const { _exit, write } = libc().calls;
  if (error !== undefined) {
    const text = error instanceof Error ? error.message : String(error);
    const line = new TextEncoder().encode(`jacamar-seccomp: ${text}\n`);
    write(int(stderr), line, BigInt(line.length));
  }
  _exit(int(code));
  throw new Error("_exit returned");
}

async function inspect(
  configuration: string,
  stages: readonly string[],
): Promise<Report> {
  let policy: Policy;
  try {
    policy = await loadPolicy(configuration, { lines: true });
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.isUnreadable) {
      throw error;
    }
    const { problems } = error;
    return {
      configuration,
      plugins: [],
      disabled: false,
      problems,
      stages: [],
    };
  }
  const { file, plugins, disabled } = policy;
  const report = {
    configuration: file,
    plugins,
    disabled,
    problems: [],
    stages: [],
  };
  if (disabled) return report;
  const surroundings = {
    architecture: getNativeArch(),
    libseccomp: getLibraryVersion(),
    noNewPrivs: readPrivileges().noNewPrivs,
  };
  let supervised: Supervised | undefined;
  try {
    // Whatever is wrong with the configured rules is so in every stage, and is
    // found while there are permissions left.
    (await buildFilter(policy)).release();
    if (plugins.length > 0) supervised = supervise(policy);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { ...report, problems: error.problems };
    }
    if (error instanceof PluginError) {
      return { ...report, problems: [error.message] };
    }
    throw error;
  }
  const reports: StageReport[] = [];
  for (const name of stages) {
    reports.push(await inspectStage(name, policy, supervised, surroundings));
  }
  supervised?.end();
  return { ...report, stages: reports };
}

async function inspectStage(
  stage: string,
  policy: Policy,
  supervised: Supervised | undefined,
  surroundings: Surroundings,
): Promise<StageReport> {
  const filter = await buildFilter(policy);
  try {
    await supervised?.expand(filter, stage);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const message = error.place
      ? `${error.message} (${error.place})`
      : error.message;
    return {
      stage,
      journal: undefined,
      instructions: 0,
      findings: [{ severity: "problem", message, origins: [] }],
    };
  }
  const { journal, program } = conclude(filter);
  return {
    stage,
    journal,
    instructions: program.length / 8,
    findings: lint([{ journal, program }], surroundings),
  };
}

function supervise(policy: Policy): Supervised {
  let stderr = STDERR;
  const supervised = supervisePlugins({
    policy,
    exitCode: FOUND_SOMETHING,
    showOutput: true,
    lastWords: ({ message }) => [{
      fd: STDERR,
      line: `jacamar-seccomp: ${message}\n`,
    }],
    fail: (error) => end(FOUND_SOMETHING, error, stderr),
  });
  stderr = supervised.stderr;
  return supervised;
}

function toJson({ stages, ...report }: Report): unknown {
  return {
    ...report,
    stages: stages.map(({ journal, ...stage }) => ({
      ...stage,
      defaultAction: journal?.defaultAction.toString(),
      badArchAction: journal?.badArchAction.toString(),
      rules: journal?.rules.map(({ syscall, action, conditions, origin }) => ({
        syscall: syscall.toString(),
        number: syscall.number,
        action: action.toString(),
        conditions: conditions.map((
          { argument, op, operandOne, operandTwo },
        ) => ({
          argument,
          comparison: op.toString(),
          values: op.comparison === "MaskedEqual"
            ? [hex(operandOne), hex(operandTwo)]
            : [hex(operandOne)],
        })),
        origin,
      })),
    })),
  };
}

/** A 64-bit value as text: a JSON number would lose bits. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function writeAll(bytes: Uint8Array<ArrayBuffer>): void {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}
