import { load, type Value } from "./_register.ts";
import { KILL_THREAD, mostRestrictive } from "./action.ts";
import type { Budget } from "./budget.ts";
import type { Instruction } from "./instruction.ts";
import * as op from "./opcode.ts";
import { Region } from "./region.ts";
import { compute } from "./run.ts";
import { negate, type Test, WORD } from "./word_set.ts";

/** Calls that take the same way through a program. */
export interface Leaf {
  readonly region: Region;
  /** What the program answers them all: `SECCOMP_RET_*` with its data. */
  readonly action: number;
  /** The instruction that returns it. */
  readonly at: number;
}

/**
 * A program that does something with an argument that is neither masking nor
 * comparing it with a constant: what it answers cannot be told by regions.
 */
export class UnknownProgramError extends Error {
  override readonly name = "UnknownProgramError";
  readonly code = "ENOTSUP";

  constructor(at: number) {
    super(
      `instruction ${at} computes with what the call brings along, beyond masking it`,
    );
  }
}

/** Where a walk is. */
interface Place {
  readonly at: number;
  readonly a: Value;
  readonly x: Value;
  readonly memory: readonly Value[];
  readonly region: Region;
}

const ZERO: Value = { known: 0 };
const NOTHING: readonly Value[] = new Array<Value>(op.MEMORY).fill(ZERO);

/**
 * Walks every way that calls can take through a program.
 *
 * @param program A program that `decode` has taken.
 * @param budget How many steps it may take.
 * @param within The calls to follow; by default all.
 * @returns Leaves: their regions have no call in common, and together they are
 * all of `within`.
 * @throws {UnknownProgramError} If it computes with arguments.
 * @throws {BudgetError} If there are too many ways.
 */
export function* explore(
  program: readonly Instruction[],
  budget: Budget,
  within: Region = Region.all,
): Generator<Leaf> {
  const places: Place[] = [
    { at: 0, a: ZERO, x: ZERO, memory: NOTHING, region: within },
  ];
  for (;;) {
    const place = places.pop();
    if (place === undefined) return;
    yield follow(program, place, places, budget);
  }
}

/** Calls that several programs, loaded together, answer alike. */
export interface Verdicts {
  readonly region: Region;
  /** What the kernel does with them all: `SECCOMP_RET_*` with its data. */
  readonly action: number;
}

/**
 * Walks every way that calls can take through several programs.
 *
 * @param programs Programs that `decode` has taken, in the order in which they
 * are loaded; at least one.
 * @param budget How many steps it may take.
 * @param within The calls to follow; by default all.
 * @returns Regions that have no call in common and together are all of `within`.
 * @throws {UnknownProgramError} If one computes with arguments.
 * @throws {BudgetError} If there are too many ways.
 */
export function* exploreAll(
  programs: readonly (readonly Instruction[])[],
  budget: Budget,
  within?: Region,
): Generator<Verdicts> {
  const [first, ...later] = programs;
  for (const { region, action } of explore(first, budget, within)) {
    if (later.length === 0) {
      yield { region, action };
      continue;
    }
    for (const after of exploreAll(later, budget, region)) {
      yield {
        region: after.region,
        action: mostRestrictive([action, after.action]),
      };
    }
  }
}

/** Follows one way to its end, and leaves those that branch off for later. */
function follow(
  program: readonly Instruction[],
  start: Place,
  later: Place[],
  budget: Budget,
): Leaf {
  let { at, a, x, memory, region } = start;
  for (;; at++) {
    budget.spend();
    const { code, jt, jf, k } = program[at];
    switch (code & op.CLASS) {
      case op.LD:
        a = load(code, k, memory);
        break;
      case op.LDX:
        x = load(code, k, memory);
        break;
      case op.ST:
        memory = memory.with(k, a);
        break;
      case op.STX:
        memory = memory.with(k, x);
        break;
      case op.MISC:
        if (code === (op.MISC | op.TAX)) x = a;
        else a = x;
        break;
      case op.RET: {
        const action = code === op.RET ? k : number(a, region);
        if (action === undefined) throw new UnknownProgramError(at);
        return { region, action, at };
      }
      case op.JMP: {
        if (code === (op.JMP | op.JA)) {
          at += k;
          break;
        }
        const operand = (code & op.X) === 0 ? k : number(x, region);
        if (operand === undefined) throw new UnknownProgramError(at);
        const [yes, no] = branch(region, a, { code, operand }, budget);
        if (yes && no) {
          later.push({ at: at + 1 + jf, a, x, memory, region: no });
        }
        at += yes ? jt : jf;
        // One of them is not empty, because the region is not.
        region = yes ?? no ?? region;
        break;
      }
      default: {
        const operand = (code & op.X) === 0 ? k : number(x, region);
        const result = operand === undefined
          ? undefined
          : calculate(code, a, operand, region);
        if (result === undefined) throw new UnknownProgramError(at);
        if (result === "division by 0") {
          return { region, action: KILL_THREAD, at };
        }
        a = result;
      }
    }
  }
}

/** The number that a value is for all calls of a region, if it is one. */
function number(value: Value, region: Region): number | undefined {
  if ("known" in value) return value.known;
  if (value.mask === 0) return 0;
  const { only } = region.word(value.word);
  return only === undefined ? undefined : (only & value.mask) >>> 0;
}

function calculate(
  code: number,
  a: Value,
  operand: number,
  region: Region,
): Value | "division by 0" | undefined {
  if ((code & op.OPERATION) === op.AND && "word" in a) {
    return { word: a.word, mask: (a.mask & operand) >>> 0 };
  }
  const left = number(a, region);
  if (left === undefined) return undefined;
  const known = compute(code, left, operand);
  return known === undefined ? "division by 0" : { known };
}

/** The calls for which a jump's test holds, and the others. */
function branch(
  region: Region,
  a: Value,
  { code, operand }: { readonly code: number; readonly operand: number },
  budget: Budget,
): readonly [Region | undefined, Region | undefined] {
  const test = testOf(code, "known" in a ? WORD : a.mask, operand);
  if (typeof test === "boolean") {
    return test ? [region, undefined] : [undefined, region];
  }
  if ("known" in a) {
    const bits = (a.known & test.mask) >>> 0;
    const holds = (bits >= test.low && bits <= test.high) === test.inside;
    return holds ? [region, undefined] : [undefined, region];
  }
  const yes = region.narrow(a.word, test, budget);
  if (yes === region) return [region, undefined];
  return [yes, region.narrow(a.word, negate(test), budget)];
}

/** A jump's test of a masked word; whether it holds, where that is certain. */
export function testOf(code: number, mask: number, k: number): Test | boolean {
  switch (code & op.OPERATION) {
    case op.JEQ:
      return { mask, low: k, high: k, inside: true };
    case op.JGT:
      return k < WORD && { mask, low: k + 1, high: WORD, inside: true };
    case op.JGE:
      return { mask, low: k, high: WORD, inside: true };
    default:
      return { mask: (mask & k) >>> 0, low: 0, high: 0, inside: false };
  }
}
