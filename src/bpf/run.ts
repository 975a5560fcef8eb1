import { KILL_THREAD, mostRestrictive } from "./action.ts";
import type { Instruction } from "./instruction.ts";
import * as op from "./opcode.ts";
import { DATA_SIZE, type SeccompData, toWords } from "./seccomp_data.ts";

/** A program's answer for one call. */
export interface Verdict {
  /** `SECCOMP_RET_*` with its data, an unsigned 32-bit integer. */
  readonly action: number;
  /** The instructions that were executed, in order; 0 is the first. */
  readonly path: readonly number[];
}

/**
 * Runs a program on one call, as the kernel does.
 *
 * @param program A program that `decode` has taken.
 * @param data The call.
 * @returns What it answers, and the way there.
 *
 * Source: `bpf_convert_filter` of net/core/filter.c: accumulator and index
 * register begin as 0, a division by 0 returns 0, of a shift's count the lowest
 * five bits are taken.
 */
export function run(
  program: readonly Instruction[],
  data: SeccompData,
): Verdict {
  const words = toWords(data);
  const memory = new Uint32Array(op.MEMORY);
  const path: number[] = [];
  let a = 0;
  let x = 0;
  for (let at = 0; at < program.length; at++) {
    path.push(at);
    const { code, jt, jf, k } = program[at];
    const operand = (code & op.X) === 0 ? k : x;
    switch (code & op.CLASS) {
      case op.LD:
        a = load(code, k, words, memory);
        break;
      case op.LDX:
        x = load(code, k, words, memory);
        break;
      case op.ST:
        memory[k] = a;
        break;
      case op.STX:
        memory[k] = x;
        break;
      case op.MISC:
        if (code === (op.MISC | op.TAX)) x = a;
        else a = x;
        break;
      case op.RET:
        return { action: code === op.RET ? k : a, path };
      case op.JMP:
        at += code === (op.JMP | op.JA) ? k : jumps(code, a, operand) ? jt : jf;
        break;
      default: {
        const result = compute(code, a, operand);
        if (result === undefined) return { action: KILL_THREAD, path };
        a = result;
      }
    }
  }
  throw new Error("the program does not return");
}

/**
 * Runs several programs on one call.
 *
 * @param programs In the order in which they are loaded; at least one.
 * @param data The call.
 * @returns What the kernel does, an action with its data.
 */
export function runAll(
  programs: readonly (readonly Instruction[])[],
  data: SeccompData,
): number {
  return mostRestrictive(programs.map((program) => run(program, data).action));
}

function load(
  code: number,
  k: number,
  words: readonly number[],
  memory: Uint32Array,
): number {
  switch (code & ~op.CLASS) {
    case op.ABS:
      return words[k >> 2];
    case op.MEM:
      return memory[k];
    case op.LEN:
      return DATA_SIZE;
    default:
      return k;
  }
}

/**
 * Computes with the accumulator.
 *
 * @returns An unsigned 32-bit integer; `undefined` for a division by 0, which
 * ends the program.
 */
export function compute(
  code: number,
  a: number,
  operand: number,
): number | undefined {
  switch (code & op.OPERATION) {
    case op.ADD:
      return (a + operand) >>> 0;
    case op.SUB:
      return (a - operand) >>> 0;
    case op.MUL:
      return Math.imul(a, operand) >>> 0;
    case op.DIV:
      return operand === 0 ? undefined : Math.floor(a / operand);
    case op.AND:
      return (a & operand) >>> 0;
    case op.OR:
      return (a | operand) >>> 0;
    case op.XOR:
      return (a ^ operand) >>> 0;
    case op.LSH:
      return (a << (operand & 31)) >>> 0;
    case op.RSH:
      return a >>> (operand & 31);
    case op.NEG:
      return -a >>> 0;
    default:
      throw new Error(`0x${code.toString(16)} does not compute`);
  }
}

/** Whether a conditional jump's test holds. */
export function jumps(code: number, a: number, operand: number): boolean {
  switch (code & op.OPERATION) {
    case op.JEQ:
      return a === operand;
    case op.JGT:
      return a > operand;
    case op.JGE:
      return a >= operand;
    case op.JSET:
      return (a & operand) !== 0;
    default:
      throw new Error(`0x${code.toString(16)} does not jump on a condition`);
  }
}
