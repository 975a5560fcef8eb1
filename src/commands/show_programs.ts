import { BudgetError } from "../bpf/budget.ts";
import { explain, type Section } from "../bpf/explain.ts";
import { renderExplanation } from "../bpf/explain_text.ts";
import { UnknownProgramError } from "../bpf/explore.ts";
import type { Instruction } from "../bpf/instruction.ts";
import { decode, ProgramError } from "../bpf/program.ts";
import { runAll } from "../bpf/run.ts";
import { WIDTH, wrap } from "../bpf/wrap.ts";
import { getNativeArch, getSyscallFromName } from "../libseccomp/mod.ts";
import { isCarriedOut } from "../policy/effect.ts";
import { naming } from "../policy/naming.ts";
import { explanationToJson } from "./explanation_json.ts";
import { countOf, type NamedProgram } from "./show_code.ts";

/** What some programs do together, or why that cannot be told. */
export interface Explained {
  readonly programs: readonly (readonly Instruction[])[];
  readonly sections?: readonly Section[];
  readonly problem?: string;
}

/**
 * Says what programs of any tool do together, as a policy.
 *
 * @param programs At least one, in the order in which they are loaded.
 * @throws {ProgramError} If the kernel would not take one.
 */
export function explainPrograms(
  programs: readonly NamedProgram[],
): Explained {
  const decoded = decodePrograms(programs);
  try {
    return { programs: decoded, sections: explain(decoded, naming) };
  } catch (error) {
    const isKnown = error instanceof UnknownProgramError ||
      error instanceof BudgetError;
    if (!isKnown) throw error;
    const isOneOfMany = programs.length > 1 &&
      error instanceof UnknownProgramError;
    const which = isOneOfMany
      ? programs.find((_, index) => isUnknown(decoded[index]))
      : undefined;
    const whose = which ? `${which.name}: ` : "";
    const what = programs.length === 1 ? "it does" : "they do together";
    const problem = `what ${what} cannot be told as a policy: ` +
      `${whose}${error.message}; --format asm shows the instructions`;
    return { programs: decoded, problem };
  }
}

/** Whether a program computes, whatever others there are. */
function isUnknown(program: readonly Instruction[]): boolean {
  try {
    explain([program], naming);
    return false;
  } catch (error) {
    return error instanceof UnknownProgramError;
  }
}

/**
 * Makes sure that the kernel would take some programs.
 *
 * @throws {ProgramError} If it would not take one, with the program's name.
 */
export function decodePrograms(
  programs: readonly NamedProgram[],
): Instruction[][] {
  return programs.map(({ name, bytes }) => {
    try {
      return decode(bytes);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      throw new ProgramError(
        `${name}: the kernel would not take it: ${error.message}`,
      );
    }
  });
}

/** What some programs do, as text for people in that many columns. */
export function renderExplained(
  title: string,
  { programs, sections = [] }: Explained,
  width = WIDTH,
): string {
  const count = programs.reduce((sum, { length }) => sum + length, 0);
  const size = countOf(count);
  const heading = programs.length === 1
    ? `${title}: ${size}`
    : `${title}: ${size} in ${programs.length} programs, of which the most restrictive answer holds`;
  const lines = renderExplanation(sections, naming.action, width);
  return `${[...wrap(heading, "", "  ", width), ...lines].join("\n")}\n`;
}

/** The same as JSON. */
export function explainedToJson(
  programs: readonly NamedProgram[],
  { sections, problem }: Explained,
): string {
  const report = {
    programs: programs.map(({ name, bytes }) => ({
      name,
      instructions: decode(bytes).length,
      code: bytes.toHex(),
    })),
    policy: sections && explanationToJson(sections, naming.action),
    problem,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/**
 * What a process may have noticed of its filters being read.
 *
 * @returns `undefined` if it cannot have noticed anything.
 */
export function traceOfReading(
  programs: readonly (readonly Instruction[])[],
): string | undefined {
  const { number } = getSyscallFromName("restart_syscall");
  const architecture = getNativeArch().token;
  const action = runAll(programs, { number, architecture, args: [] });
  if (isCarriedOut(action)) return undefined;
  return `the filters answer restart_syscall with ${naming.action(action)}: ` +
    "if the process was waiting for a time as it was read, as in nanosleep, it may have noticed";
}
