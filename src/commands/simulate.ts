import { getArchFromString } from "../libseccomp/mod.ts";
import { latchExit } from "../launch/latch.ts";
import { isCarriedOut } from "../policy/effect.ts";
import { parseCall } from "../policy/parse_call.ts";
import { simulate } from "../policy/simulate.ts";
import { ALLOW } from "../bpf/action.ts";
import { palette } from "./colour.ts";
import { type Report, reportToJson, reportToText } from "./simulate_report.ts";
import { end, print, survey } from "./survey.ts";
import { outputWidth } from "./width.ts";

/** The call is carried out. */
const PASSES = 0;
/** It is not. */
const REFUSED = 1;
const COULD_NOT_RUN = 2;

/** The flags of `simulate`. */
export interface SimulateFlags {
  readonly configuration: string;
  readonly stage: string;
  /** The ABI on which the call is made, by name. */
  readonly arch: string;
  /** As `--user` of `exec`. */
  readonly user?: string;
  readonly json: boolean;
}

/**
 * Says what becomes of one call at a stage, and why, without loading anything.
 *
 * @param flags The command's flags.
 * @param syscall The call, by name or number.
 * @param args Its arguments, numbers or constants.
 * @returns Never: the process ends with 0 if the call is carried out, 1 if it
 * is not, and 2 if that could not be told.
 */
export async function simulateCall(
  { configuration, stage, arch, user, json }: SimulateFlags,
  ...[syscall, ...args]: readonly string[]
): Promise<never> {
  try {
    // What a plugin did shall not look like a verdict.
    latchExit(COULD_NOT_RUN);
    // First, while there are permissions to look for what a slip was to be.
    const parsed = await parseCall(syscall, args, getArchFromString(arch));
    const found = await survey({
      configuration,
      stages: [stage],
      user,
      exitCode: COULD_NOT_RUN,
    });
    const problem = found.problems.join("; ") || found.stages.at(0)?.problem;
    if (problem) return end(COULD_NOT_RUN, problem);
    const simulation = found.disabled
      ? undefined
      : simulate(found.stages[0].layers, parsed.call);
    const report: Report = {
      configuration: found.configuration,
      stage,
      parsed,
      simulation,
      action: simulation?.action ?? ALLOW,
      describeOrigin: found.describeOrigin,
    };
    print(
      json
        ? `${JSON.stringify(reportToJson(report), null, 2)}\n`
        : reportToText(report, palette(), outputWidth()),
    );
    return end(isCarriedOut(report.action) ? PASSES : REFUSED);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}
