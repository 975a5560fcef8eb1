import {
  ANY_CALL,
  type Context,
  joinContexts,
  narrowContexts,
} from "./_contexts.ts";
import { load, type Value } from "./_register.ts";
import { Budget, BudgetError } from "./budget.ts";
import { testOf } from "./explore.ts";
import type { Instruction } from "./instruction.ts";
import * as op from "./opcode.ts";
import { compute } from "./run.ts";
import { negate } from "./word_set.ts";

/**
 * What a register holds; `undefined`: something that is no {@linkcode Value}, or
 * not the same on all ways.
 */
export type Held = Value | undefined;

/** What holds where an instruction begins, whichever way leads there. */
export interface State {
  readonly a: Held;
  readonly x: Held;
  readonly memory: readonly Held[];
  readonly contexts: readonly Context[];
  /** The jumps that lead there, and not from the instruction before. */
  readonly from: readonly number[];
}

/** How much may be spent on which calls come where. */
const STEPS = 200_000;

const ZERO: Held = { known: 0 };
const START: State = {
  a: ZERO,
  x: ZERO,
  memory: new Array<Held>(op.MEMORY).fill(ZERO),
  contexts: ANY_CALL,
  from: [],
};

/**
 * Follows all ways through a program at once.
 *
 * @param program A program that `decode` has taken.
 * @returns For each instruction what holds there; `undefined` if no way leads
 * to it.
 */
export function flow(program: readonly Instruction[]): (State | undefined)[] {
  const states = new Array<State | undefined>(program.length);
  const budget = new Budget(STEPS);
  states[0] = START;
  program.forEach((instruction, at) => {
    const state = states[at];
    if (!state) return;
    for (const { target, contexts } of exits(instruction, at, state, budget)) {
      if (contexts.length === 0) continue;
      const from = target === at + 1 ? [] : [at];
      const next = { ...step(instruction, state), contexts, from };
      states[target] = join(states[target], next);
    }
  });
  return states;
}

interface Exit {
  readonly target: number;
  readonly contexts: readonly Context[];
}

/** Where an instruction can lead, and which calls. */
function exits(
  { code, jt, jf, k }: Instruction,
  at: number,
  state: State,
  budget: Budget,
): Exit[] {
  const { contexts } = state;
  if ((code & op.CLASS) === op.RET) return [];
  if ((code & op.CLASS) !== op.JMP) return [{ target: at + 1, contexts }];
  if (code === (op.JMP | op.JA)) return [{ target: at + 1 + k, contexts }];
  const [yes, no] = branch(code, k, state, budget);
  return [
    { target: at + 1 + jt, contexts: yes },
    { target: at + 1 + jf, contexts: no },
  ];
}

/** The calls for which a test may hold, and those for which it may not. */
function branch(
  code: number,
  k: number,
  { a, x, contexts }: State,
  budget: Budget,
): readonly [readonly Context[], readonly Context[]] {
  const operand = operandOf(code, k, x);
  if (!a || !("word" in a) || operand === undefined) {
    return [contexts, contexts];
  }
  const test = testOf(code, a.mask, operand);
  if (typeof test === "boolean") return test ? [contexts, []] : [[], contexts];
  try {
    return [
      narrowContexts(contexts, a.word, test, budget),
      narrowContexts(contexts, a.word, negate(test), budget),
    ];
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
    // To know less of which calls they are is no error.
    return [contexts, contexts];
  }
}

/** What an operation has on its right side, if that is one number. */
export function operandOf(
  code: number,
  k: number,
  x: Held,
): number | undefined {
  if ((code & op.X) === 0) return k;
  return x && "known" in x ? x.known : undefined;
}

/** What registers and memory hold after an instruction. */
function step(
  { code, k }: Instruction,
  { a, x, memory }: State,
): Pick<State, "a" | "x" | "memory"> {
  switch (code & op.CLASS) {
    case op.LD:
      return { a: load(code, k, memory), x, memory };
    case op.LDX:
      return { a, x: load(code, k, memory), memory };
    case op.ST:
      return { a, x, memory: memory.with(k, a) };
    case op.STX:
      return { a, x, memory: memory.with(k, x) };
    case op.MISC:
      return code === (op.MISC | op.TAX)
        ? { a, x: a, memory }
        : { a: x, x, memory };
    case op.ALU:
      return { a: calculate(code, a, operandOf(code, k, x)), x, memory };
    default:
      return { a, x, memory };
  }
}

function calculate(code: number, a: Held, operand: number | undefined): Held {
  const isNegation = (code & op.OPERATION) === op.NEG;
  if (!a || operand === undefined && !isNegation) return undefined;
  const right = operand ?? 0;
  if ("known" in a) {
    const known = compute(code, a.known, right);
    return known === undefined ? undefined : { known };
  }
  return (code & op.OPERATION) === op.AND
    ? { word: a.word, mask: (a.mask & right) >>> 0 }
    : undefined;
}

function join(one: State | undefined, other: State): State {
  if (!one) return other;
  return {
    a: joinHeld(one.a, other.a),
    x: joinHeld(one.x, other.x),
    memory: one.memory === other.memory
      ? one.memory
      : one.memory.map((held, at) => joinHeld(held, other.memory[at])),
    contexts: joinContexts(one.contexts, other.contexts),
    from: [...new Set([...one.from, ...other.from])],
  };
}

function joinHeld(one: Held, other: Held): Held {
  return JSON.stringify(one) === JSON.stringify(other) ? one : undefined;
}
