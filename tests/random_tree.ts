/**
 * Generates programs that test words of a call one after the other, and calls
 * that they may tell apart.
 *
 * @module
 */
import fc from "fast-check";
import { and, type Instruction, load, ret } from "../src/bpf/instruction.ts";
import * as op from "../src/bpf/opcode.ts";
import type { SeccompData } from "../src/bpf/seccomp_data.ts";

const word = fc.constantFrom(
  ...[0, 1, 2, 3, 4, 6, 7, 0x40, 0xff, 0x100, 0x101, 0x7fff_ffff],
  ...[0xbfff_ffff, 0xffff_0000, 0xffff_0001, 0xffff_fffe, 0xffff_ffff],
);

/**
 * Programs of tests that branch in two.
 *
 * @param words Which words of the call are tested, each as often as it shall
 * be.
 */
export function treePrograms(
  words: readonly number[],
): fc.Arbitrary<Instruction[]> {
  return fc.letrec<{ tree: Instruction[] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: "max" },
      { weight: 1, arbitrary: fc.nat(2).map((action) => [ret(action)]) },
      {
        weight: 4,
        arbitrary: fc.tuple(
          fc.constantFrom(...words),
          fc.option(word),
          fc.constantFrom(op.JEQ, op.JGT, op.JGE, op.JSET),
          word,
          tie("tree"),
          tie("tree"),
        ).map(([at, mask, test, k, yes, no]) => [
          load(4 * at),
          ...mask === null ? [] : [and(mask)],
          { code: op.JMP | test, jt: 0, jf: yes.length, k },
          ...yes,
          ...no,
        ]),
      },
    ),
  })).tree;
}

const whole = fc.tuple(word, word)
  .map(([low, high]) => BigInt(high) << 32n | BigInt(low));

/** Calls of the words that such programs compare with. */
export const treeCalls: fc.Arbitrary<SeccompData> = fc.record({
  number: word,
  architecture: word,
  instructionPointer: whole,
  args: fc.array(whole, { minLength: 6, maxLength: 6 }),
});
