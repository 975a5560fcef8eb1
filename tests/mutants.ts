/**
 * Changes programs in one place each.
 *
 * @module
 */
import type { Instruction } from "../src/bpf/instruction.ts";
import * as op from "../src/bpf/opcode.ts";

const TESTS = [op.JEQ, op.JGT, op.JGE, op.JSET];
/** `SECCOMP_RET_*`. */
const ACTIONS = [0x7fff_0000, 0x8000_0000, 0x0000_0000, 0x0005_0001];
/** A changed program, and what was changed. */
export interface Mutant {
  readonly what: string;
  readonly program: readonly Instruction[];
}

/** Every program that one change makes of one; not all are programs still. */
export function* mutantsOf(
  program: readonly Instruction[],
): Generator<Mutant> {
  for (const [at, instruction] of program.entries()) {
    for (const changed of changesOf(instruction)) {
      const what = `${at}: ${JSON.stringify(changed)}`;
      yield { what, program: program.with(at, changed) };
    }
    const next = program[at + 1];
    if (next === undefined) return;
    yield {
      what: `${at} and the next swapped`,
      program: program.with(at, next).with(at + 1, instruction),
    };
    yield { what: `${at} left out`, program: program.toSpliced(at, 1) };
    yield {
      what: `${at} twice`,
      program: program.toSpliced(at, 0, instruction),
    };
  }
}

function* changesOf(one: Instruction): Generator<Instruction> {
  const { code, jt, jf, k } = one;
  for (const bit of [0, 1, 2, 3, 8, 15, 16, 17, 29, 30, 31]) {
    yield { ...one, k: (k ^ 1 << bit) >>> 0 };
  }
  yield { ...one, k: (k + 1) >>> 0 };
  yield { ...one, k: (k - 1) >>> 0 };
  if (code === op.RET) {
    for (const action of ACTIONS) if (action !== k) yield { ...one, k: action };
  }
  if ((code & op.CLASS) !== op.JMP || code === (op.JMP | op.JA)) return;
  for (const to of [jt + 1, jt - 1, 0, jf]) yield { ...one, jt: to & 0xff };
  for (const to of [jf + 1, jf - 1, 0, jt]) yield { ...one, jf: to & 0xff };
  yield { ...one, jt: jf, jf: jt };
  for (const test of TESTS) {
    if (test !== (code & op.OPERATION)) yield { ...one, code: op.JMP | test };
  }
}
