import { commandText, plural, printable } from "./comment.ts";
import {
  ANY_STAGE,
  type LearnedRun,
  type LearnedStage,
  type LearnRecord,
} from "./record.ts";

/** So many runs of a stage are told, the last ones. */
const TOLD = 5;

/** What was written from a record. */
export interface Written {
  readonly text: string;
  /**
   * What was seen and could not be written, or stays refused; one sentence each.
   */
  readonly notes: readonly string[];
}

/**
 * What a policy was learned from, and how to try it: lines of a comment, without
 * what makes them one.
 *
 * @param record The record.
 */
export function header(record: LearnRecord): string[] {
  const stages = Object.entries(record.stages);
  const runs = stages.flatMap(([, { runs }]) => runs).length;
  const names = stages.map(([name]) => name).filter((name) =>
    name !== ANY_STAGE
  );
  const flags = names.length === stages.length
    ? names.map((name) => ` --stage ${commandText([name])}`).join("")
    : "";
  return [
    `Learned by jacamar-seccomp from ${
      plural(runs, "job")
    } on ${record.architecture}:`,
    "",
    ...stages.flatMap(([name, stage]) => aboutStage(name, stage)),
    "",
    "What was not seen is refused with EPERM. Look at what the policy does, and",
    'before jobs meet it, try it out: with mode = "log" in [auth.seccomp] the kernel',
    "logs what would be refused, and lets it pass.",
    "",
    `  jacamar-seccomp check -c jacamar.toml${flags}`,
  ];
}

/** What a note about a stage begins with. */
export function placeOf(stage: string): string {
  return stage === ANY_STAGE ? "" : `${printable(stage)}: `;
}

function aboutStage(name: string, { runs, calls }: LearnedStage): string[] {
  const made = calls.reduce((sum, { count }) => sum + count, 0);
  const stage = name === ANY_STAGE ? "every stage" : printable(name);
  const left = runs.length - TOLD;
  return [
    `  ${stage}: ${plural(calls.length, "call")}, made ${plural(made, "time")}`,
    ...left > 0 ? [`    ${plural(left, "job")} before these`] : [],
    ...runs.slice(-TOLD).map((run) => `    ${aboutRun(run)}`),
  ];
}

function aboutRun({ command, began, seconds, exitCode }: LearnedRun): string {
  return `${printable(began)}, ${seconds} s, exit code ${exitCode}: ${
    commandText(command)
  }`;
}
