import { type Held, operandOf, type State } from "./_flow.ts";
import {
  hex,
  nameHeld,
  nameMask,
  nameOperand,
  nameWord,
} from "./_flow_names.ts";
import type { Instruction } from "./instruction.ts";
import type { Naming } from "./naming.ts";
import * as op from "./opcode.ts";

/** The operators of `ALU`. */
const OPERATORS: ReadonlyMap<number, string> = new Map([
  [op.ADD, "+"],
  [op.SUB, "-"],
  [op.MUL, "*"],
  [op.DIV, "/"],
  [op.AND, "&"],
  [op.OR, "|"],
  [op.XOR, "^"],
  [op.LSH, "<<"],
  [op.RSH, ">>"],
]);

/** How a test is written that holds, and how one that does not. */
const TESTS: ReadonlyMap<number, readonly [holds: string, fails: string]> =
  new Map([
    [op.JEQ, ["==", "!="]],
    [op.JGT, [">", "<="]],
    [op.JGE, [">=", "<"]],
  ]);

/** One instruction in words. */
export class InstructionText {
  readonly #instruction: Instruction;
  readonly #at: number;
  readonly #state: State;
  readonly #naming: Naming;

  /**
   * @param instruction The instruction.
   * @param at Which one it is, 0 for the first.
   * @param state What holds where it begins.
   * @param naming Where names come from.
   */
  constructor(
    instruction: Instruction,
    at: number,
    state: State,
    naming: Naming,
  ) {
    this.#instruction = instruction;
    this.#at = at;
    this.#state = state;
    this.#naming = naming;
  }

  toString(): string {
    const { code, k } = this.#instruction;
    switch (code & op.CLASS) {
      case op.LD:
        return `a = ${this.#loaded()}`;
      case op.LDX:
        return `x = ${this.#loaded()}`;
      case op.ST:
        return `memory[${k}] = a`;
      case op.STX:
        return `memory[${k}] = x`;
      case op.MISC:
        return code === (op.MISC | op.TAX) ? "x = a" : "a = x";
      case op.RET:
        return this.#return();
      case op.JMP:
        return this.#jump();
      default:
        return this.#computed();
    }
  }

  #loaded(): string {
    const { code, k } = this.#instruction;
    switch (code & ~op.CLASS) {
      case op.ABS:
        return nameWord(k >> 2, this.#state, this.#naming);
      case op.MEM:
        return `memory[${k}]`;
      case op.LEN:
        return "the size of the data, 64";
      default:
        return hex(k);
    }
  }

  #return(): string {
    const { code, k } = this.#instruction;
    const { a } = this.#state;
    if (code === op.RET) return `return ${this.#naming.action(k)}`;
    return a && "known" in a
      ? `return a, which is ${this.#naming.action(a.known)}`
      : "return a";
  }

  #computed(): string {
    const { code, k } = this.#instruction;
    const operation = code & op.OPERATION;
    if (operation === op.NEG) return "a = -a";
    const { a } = this.#state;
    const operand = (code & op.X) !== 0
      ? "x"
      : operation === op.AND
      ? nameMask(a, k, this.#state, this.#naming)
      : hex(k);
    return `a ${OPERATORS.get(operation)}= ${operand}`;
  }

  #jump(): string {
    const { code, jt, jf, k } = this.#instruction;
    const next = this.#at + 1;
    if (code === (op.JMP | op.JA)) return `go to ${next + k}`;
    if (jt === jf) return `go to ${next + jt} in either case`;
    const [holds, fails] = this.#test();
    if (jt === 0) return `if ${fails} go to ${next + jf}`;
    const yes = `if ${holds} go to ${next + jt}`;
    return jf === 0 ? yes : `${yes}, else ${next + jf}`;
  }

  /** A jump's test, and its opposite. */
  #test(): readonly [holds: string, fails: string] {
    const { code, k } = this.#instruction;
    const { a, x } = this.#state;
    const test = code & op.OPERATION;
    const operand = operandOf(code, k, x);
    const left = nameHeld(a, "a", this.#state, this.#naming);
    if (test === op.JSET) {
      const bits = operand === undefined
        ? "x"
        : nameMask(a, operand, this.#state, this.#naming);
      return [`${left} & ${bits} != 0`, `${left} & ${bits} == 0`];
    }
    const right = this.#operand(a, operand, test);
    const [holds, fails] = TESTS.get(test) ?? ["?", "?"];
    return [`${left} ${holds} ${right}`, `${left} ${fails} ${right}`];
  }

  #operand(a: Held, operand: number | undefined, test: number): string {
    if (operand === undefined) return "x";
    return nameOperand(a, operand, test, this.#state, this.#naming);
  }
}
