import { flow, type State } from "./_flow.ts";
import { nameContexts } from "./_flow_names.ts";
import { InstructionText } from "./_instruction_text.ts";
import type { Instruction } from "./instruction.ts";
import type { Naming } from "./naming.ts";

/** An instruction that people can read. */
export interface Line {
  /** Which one, 0 for the first; jumps name their targets so. */
  readonly at: number;
  readonly instruction: Instruction;
  readonly text: string;
  /** The instructions that jump here, if it is not only the one before. */
  readonly from: readonly number[];
  /** The calls or ABIs that come here, where a block begins and they are known. */
  readonly calls: string | undefined;
  /** Whether any call comes here. */
  readonly isReached: boolean;
}

/**
 * Says of each instruction of a program what it does: words of the call by name
 * (`number`, `arg1.low (cmd)`), numbers by their meaning for the calls that come
 * to the instruction, and jumps with their targets.
 *
 * @param program A program that `decode` has taken, of any tool.
 * @param naming Where names come from.
 */
export function disassemble(
  program: readonly Instruction[],
  naming: Naming,
): Line[] {
  const states = flow(program);
  return program.map((instruction, at) => {
    const state = states[at];
    const text = `${new InstructionText(
      instruction,
      at,
      state ?? NOTHING,
      naming,
    )}`;
    const from = state?.from ?? [];
    const calls = state && from.length > 0
      ? nameContexts(state, naming)
      : undefined;
    return {
      at,
      instruction,
      text,
      from,
      calls,
      isReached: state !== undefined,
    };
  });
}

/** What is known where nothing comes. */
const NOTHING: State = {
  a: undefined,
  x: undefined,
  memory: [],
  contexts: [],
  from: [],
};
