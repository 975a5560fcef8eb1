import { latchExit } from "../launch/latch.ts";
import { compareStages, type InForce } from "../policy/compare_stages.ts";
import { requireExecve } from "../policy/refuses_execve.ts";
import { palette } from "./colour.ts";
import { reportToJson } from "./diff_json.ts";
import {
  type DiffReport,
  reportToText,
  type StageDiff,
} from "./diff_report.ts";
import { end, print, type Survey, surveyAll } from "./survey.ts";
import { outputWidth } from "./width.ts";

const SAME = 0;
const DIFFERENT = 1;
const COULD_NOT_RUN = 2;

const BOTH_FAIL =
  "both fail alike at a stage, so whether something changes there could not be told";

/** The flags of `diff`. */
export interface DiffFlags {
  /** The stages; left out: the well-known ones and those of both files. */
  readonly stage?: readonly string[];
  /** As `--user` of `exec`. */
  readonly user?: string;
  readonly json: boolean;
}

/**
 * Says what changes for which calls if one configuration takes another's place.
 *
 * @param flags The command's flags.
 * @param files The old configuration and the new one.
 * @returns Never: the process ends with 0 if nothing changes, 1 if something
 * does, and 2 if that could not be told.
 */
export async function diff(
  { stage: stages, user, json }: DiffFlags,
  ...files: readonly [before: string, after: string]
): Promise<never> {
  try {
    latchExit(COULD_NOT_RUN);
    const exitCode = COULD_NOT_RUN;
    const [before, after] = await surveyAll(files, { stages, user, exitCode });
    const problems = [before, after].flatMap((found) => found.problems);
    if (problems.length > 0) {
      return end(COULD_NOT_RUN, problems.join("\njacamar-seccomp: "));
    }
    const report = { before, after, stages: compare(before, after) };
    print(
      json
        ? `${JSON.stringify(reportToJson(report), null, 2)}\n`
        : reportToText(report, palette(), outputWidth()),
    );
    if (isDifferent(report)) return end(DIFFERENT);
    const isTold = report.stages.every(({ problems }) => !problems.before);
    return isTold ? end(SAME) : end(COULD_NOT_RUN, BOTH_FAIL);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}

function isDifferent({ before, after, stages }: DiffReport): boolean {
  return stages.some(({ changes, problems }) =>
    changes.calls.length > 0 || changes.settings.length > 0 ||
    withoutFile(problems.before, before) !== withoutFile(problems.after, after)
  );
}

/** The same problem has another file on each side, where it names that. */
function withoutFile(
  problem: string | undefined,
  { configuration }: Survey,
): string | undefined {
  return problem?.replaceAll(configuration, "");
}

/** Stages at which the same is in force are compared once. */
function compare(before: Survey, after: Survey): StageDiff[] {
  const names = new Set(
    [before, after].flatMap((found) => found.stages.map(({ stage }) => stage)),
  );
  const known = new Map<string, Omit<StageDiff, "stage">>();
  return [...names].map((stage) => {
    const sides = [at(before, stage), at(after, stage)] as const;
    const key = sides.map(identify).join("\n");
    const result = known.get(key) ?? compareSides(...sides);
    known.set(key, result);
    return { stage, ...result };
  });
}

/** One configuration at one stage. */
interface Side {
  readonly inForce: InForce;
  /** Why no job gets that far, if none does. */
  readonly problem: string | undefined;
}

function at({ stages, settings, disabled }: Survey, name: string): Side {
  if (disabled) {
    return { inForce: { layers: [], settings: undefined }, problem: undefined };
  }
  const found = stages.find(({ stage }) => stage === name);
  const layers = found?.layers ?? [];
  const problem = found?.problem ?? whyNotStarted(layers);
  return { inForce: { layers, settings }, problem };
}

function whyNotStarted(layers: InForce["layers"]): string | undefined {
  try {
    requireExecve(layers);
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

function compareSides(before: Side, after: Side): Omit<StageDiff, "stage"> {
  const problems = { before: before.problem, after: after.problem };
  // Without filters there is nothing to compare.
  const isMade = [before, after].every(({ problem, inForce }) =>
    problem === undefined || inForce.layers.length > 0
  );
  const changes = isMade
    ? compareStages(before.inForce, after.inForce)
    : { calls: [], settings: [] };
  return { problems, changes };
}

/** What tells apart what is in force, and who asked for it. */
function identify({ inForce: { layers, settings }, problem }: Side): string {
  return JSON.stringify([
    problem,
    settings,
    layers.map(({ name, programs, meaning, journal }) => [
      name,
      programs.map((program) => program.toBase64()),
      meaning.abis.map(({ rules }) =>
        [...rules.values()].flat().map(({ origin }) => origin)
      ),
      journal && [
        journal.defaultOrigin,
        journal.badArchOrigin,
        journal.log,
        journal.noNewPrivs,
        journal.speculativeStoreBypass,
      ],
    ]),
  ]);
}
