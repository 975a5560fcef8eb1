import { getLibraryVersion, getNativeArch } from "../libseccomp/mod.ts";
import { latchExit } from "../launch/latch.ts";
import { readPrivileges } from "../launch/privileges.ts";
import { type Finding, lint, type Surroundings } from "../policy/lint.ts";
import { journaled, type Layer } from "../policy/stack.ts";
import { palette } from "./colour.ts";
import { renderReport } from "./check_report.ts";
import { countInstructions } from "./filter_table.ts";
import { end, print, type StageSurvey, type Survey, survey } from "./survey.ts";
import { outputWidth } from "./width.ts";

/** Exit codes of every command but `exec`. */
const OK = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_RUN = 2;

/** What `check` found out about one stage. */
export interface StageReport extends StageSurvey {
  readonly findings: readonly Finding[];
}

/** What `check` found out. */
export interface Report extends Survey {
  readonly stages: readonly StageReport[];
}

/** The flags of `check`. */
export interface CheckFlags {
  readonly configuration: string;
  /** The stages to walk; left out: the well-known ones and the file's. */
  readonly stage?: readonly string[];
  /** As `--user` of `exec`. */
  readonly user?: string;
  /** A record of `learn`: what is in it has to pass. */
  readonly record?: string;
  readonly json: boolean;
}

/**
 * Walks the way of `exec` for each stage and stops before the launch.
 *
 * @param flags The command's flags.
 * @returns Never: the process ends with 0 if nothing was found, 1 if something
 * was, and 2 if it could not run, as without libseccomp.
 */
export async function check(
  { configuration, stage, user, record: file, json }: CheckFlags,
): Promise<never> {
  try {
    // A plugin that ends the process must not make its own check look good.
    latchExit(FOUND_SOMETHING);
    const machine = {
      architecture: getNativeArch(),
      libseccomp: getLibraryVersion(),
      noNewPrivs: readPrivileges().noNewPrivs,
    };
    const exitCode = FOUND_SOMETHING;
    // Read first: with plugins, the permission to is gone afterwards.
    const record = file === undefined ? undefined : await openRecord(file);
    const stages = stage ?? record?.stages;
    const found = await survey({ configuration, stages, user, exitCode });
    const asksNoNewPrivs = found.settings?.noNewPrivs === true;
    const surroundings = { ...machine, asksNoNewPrivs };
    const report: Report = {
      ...found,
      stages: found.stages.map((stage) =>
        inspect(stage, found.describeOrigin, {
          surroundings,
          refused: record?.refused(stage) ?? [],
        })
      ),
    };
    print(
      json
        ? `${JSON.stringify(toJson(report), null, 2)}\n`
        : renderReport(report, palette(), outputWidth()),
    );
    return end(isClean(report) ? OK : FOUND_SOMETHING);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}

function isClean({ problems, oddStages, stages }: Report): boolean {
  return problems.length === 0 && oddStages.length === 0 &&
    stages.every(({ findings }) =>
      findings.every(({ severity }) => severity === "notice")
    );
}

function inspect(
  stage: StageSurvey,
  describeOrigin: Survey["describeOrigin"],
  { surroundings, refused }: {
    readonly surroundings: Surroundings;
    /** What is to be said of recorded calls. */
    readonly refused: readonly Finding[];
  },
): StageReport {
  const { layers, notes, problem, origins = [] } = stage;
  const findings: Finding[] = problem === undefined
    ? [...refused, ...lint(journaled(layers), surroundings)]
      .map(({ origins, ...finding }) => ({
        ...finding,
        origins: [...new Set(origins.map(describeOrigin))],
      }))
    : [{
      severity: "problem",
      message: problem,
      origins: origins.map(describeOrigin),
    }];
  const skipped = notes.map((message): Finding => ({
    severity: "notice",
    message,
    origins: [],
  }));
  return { ...stage, findings: [...findings, ...skipped] };
}

/** A record of `learn`, to hold stages against. */
interface OpenedRecord {
  /** Those that it knows; `undefined` where it is of no certain one. */
  readonly stages: readonly string[] | undefined;
  readonly refused: (stage: StageSurvey) => Finding[];
}

async function openRecord(file: string): Promise<OpenedRecord> {
  const { ANY_STAGE } = await import("../learn/record.ts");
  const { parseRecord } = await import("../learn/record_schema.ts");
  const { refusedCalls } = await import("../learn/refused.ts");
  const { stages } = parseRecord(Deno.readTextFileSync(file), file);
  const named = Object.keys(stages).filter((name) => name !== ANY_STAGE);
  return {
    stages: named.length > 0 ? named : undefined,
    refused: ({ stage, layers }) =>
      [ANY_STAGE, stage].filter((name) => Object.hasOwn(stages, name))
        .flatMap((name) => refusedCalls(stages[name].calls, layers)),
  };
}

function toJson(
  { configuration, plugins, disabled, problems, oddStages, ...report }: Report,
): unknown {
  return {
    configuration,
    plugins,
    disabled,
    ...report.settings,
    problems,
    oddStages,
    stages: report.stages.map(({ stage, layers, findings }) => ({
      stage,
      filters: layers.map((layer) => layerToJson(layer, report.describeOrigin)),
      findings,
    })),
  };
}

/** A filter as it is written in JSON. */
export function layerToJson(
  { name, journal, programs, summary }: Layer,
  describeOrigin: Survey["describeOrigin"],
): Record<string, unknown> {
  return {
    name,
    programs: programs.length,
    instructions: countInstructions(programs),
    summary,
    defaultAction: journal?.defaultAction.toString(),
    badArchAction: journal?.badArchAction.toString(),
    architectures: journal?.architectures.map(String),
    rules: journal?.rules.map((rule) => ({
      syscall: rule.syscall.toString(),
      number: rule.syscall.number,
      action: rule.action.toString(),
      conditions: rule.conditions.map((condition) => ({
        argument: condition.argument,
        comparison: condition.op.toString(),
        values: condition.op.comparison === "MaskedEqual"
          ? [hex(condition.operandOne), hex(condition.operandTwo)]
          : [hex(condition.operandOne)],
      })),
      origin: describeOrigin(rule.origin),
    })),
  };
}

/** A 64-bit value as text: a JSON number would lose bits. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
