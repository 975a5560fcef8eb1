import { ProgramError } from "../bpf/program.ts";
import { latchExit } from "../launch/latch.ts";
import { colourActions } from "./action_colour.ts";
import { palette } from "./colour.ts";
import { readPrograms } from "./read_programs.ts";
import {
  choose,
  type NamedProgram,
  renderCode,
  writeCode,
} from "./show_code.ts";
import {
  type PolicyRequest,
  type ProgramsRequest,
  requestOf,
  type ShowFlags,
} from "./show_flags.ts";
import { renderGroups } from "./show_groups.ts";
import { programsOf, renderPolicy } from "./show_policy.ts";
import {
  decodePrograms,
  explainedToJson,
  explainPrograms,
  renderExplained,
  traceOfReading,
} from "./show_programs.ts";
import { end, print, survey } from "./survey.ts";
import { outputWidth } from "./width.ts";

/** Exit codes of every command but `exec`. */
const OK = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_RUN = 2;

/**
 * Shows the filters of one stage, programs that others made, or groups of calls.
 *
 * @param flags The command's flags.
 * @param names With `--groups`, the groups to show the members of.
 * @returns Never: the process ends with 0 if all could be shown, 1 if something
 * is wrong with the configuration or a program, or cannot be said in the format,
 * and 2 if it could not run.
 */
export async function show(
  flags: ShowFlags,
  ...names: readonly string[]
): Promise<never> {
  try {
    latchExit(FOUND_SOMETHING);
    const request = requestOf(flags, names);
    switch (request.kind) {
      case "groups":
        print(
          await renderGroups(names, request.format === "json", outputWidth()),
        );
        return end(OK);
      case "policy":
        return await showPolicy(request);
      case "programs":
        return showPrograms(request);
    }
  } catch (error) {
    const isFound = error instanceof ProgramError;
    return end(isFound ? FOUND_SOMETHING : COULD_NOT_RUN, error);
  }
}

async function showPolicy(
  { configuration, stage, user, format, filter }: PolicyRequest,
): Promise<never> {
  const exitCode = FOUND_SOMETHING;
  const found = await survey({
    configuration,
    stages: [stage],
    user,
    exitCode,
  });
  const { problems, stages: [shown] } = found;
  const problem = problems.join("; ") || shown?.problem;
  if (problem) return end(FOUND_SOMETHING, problem);
  if (found.disabled) {
    return end(FOUND_SOMETHING, "seccomp is disabled: there is no filter");
  }
  if (format === "asm" || format === "bpf") {
    showCode(format, chosen(programsOf(shown.layers), filter));
    return end(OK);
  }
  const { text, missing, notes } = renderPolicy(
    format,
    shown.layers,
    found,
    outputWidth(),
  );
  print(format === "table" ? colourActions(text, palette()) : text);
  return end(
    missing.length === 0 ? OK : FOUND_SOMETHING,
    said([...missing, ...notes]),
  );
}

function showPrograms({ from, format, filter }: ProgramsRequest): never {
  const { title, programs: all } = readPrograms(from);
  if (all.length === 0) return showNoFilter(title, format);
  const decoded = decodePrograms(all);
  const trace = "pid" in from ? traceOfReading(decoded) : undefined;
  const programs = chosen(all, filter);
  if (format === "asm" || format === "bpf") {
    showCode(format, programs);
    return end(OK, trace);
  }
  const explained = explainPrograms(programs);
  const { problem } = explained;
  if (format === "json") print(explainedToJson(programs, explained));
  else {
    const name = filter === undefined ? title : programs[0].name;
    print(
      colourActions(renderExplained(name, explained, outputWidth()), palette()),
    );
  }
  const sentences = [problem, trace].filter((each) => each !== undefined);
  return end(problem === undefined ? OK : FOUND_SOMETHING, said(sentences));
}

function showNoFilter(title: string, format: ProgramsRequest["format"]): never {
  const text = `${title} has no filter`;
  // Where a program is expected, words would be taken for one.
  if (format === "bpf") return end(OK, text);
  print(
    format === "json" ? `${JSON.stringify({ programs: [] })}\n` : `${text}\n`,
  );
  return end(OK);
}

function chosen(
  programs: readonly NamedProgram[],
  filter: number | undefined,
): readonly NamedProgram[] {
  return filter === undefined ? programs : [choose(programs, filter)];
}

function showCode(
  format: "asm" | "bpf",
  programs: readonly NamedProgram[],
): void {
  if (format === "bpf") return writeCode(programs);
  print(colourActions(renderCode(programs, outputWidth()), palette()));
}

/** Sentences for standard error, each on a line of its own. */
function said(sentences: readonly string[]): string | undefined {
  return sentences.join("\njacamar-seccomp: ") || undefined;
}
