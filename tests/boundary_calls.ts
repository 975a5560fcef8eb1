/**
 * Finds the calls at which a program or a filter can change its mind, without
 * the proof's own means.
 *
 * @module
 */
import type { Instruction } from "../src/bpf/instruction.ts";
import type { Meaning } from "../src/bpf/meaning.ts";
import * as op from "../src/bpf/opcode.ts";
import {
  fromWords,
  lowWord,
  type SeccompData,
  WORDS,
} from "../src/bpf/seccomp_data.ts";

const WORD = 0xffff_ffff;
/** Of a word with more values not each bit of each is flipped. */
const MANY = 400;

/** What a word is compared with, or its mask. */
interface Constant {
  readonly word: number;
  readonly value: number;
  readonly isMask: boolean;
}

/**
 * Calls whose words are at or beside a constant that the program or the filter
 * has for them, in all combinations; or so many random ones if there are more.
 */
export function* boundaryCalls(
  program: readonly Instruction[],
  meaning: Meaning,
  most: number,
): Generator<SeccompData> {
  const constants = [...ofProgram(program), ...ofMeaning(meaning)];
  const values = Array.from(
    { length: WORDS },
    (_, word) => valuesOf(constants.filter((each) => each.word === word)),
  );
  const count = values.reduce((product, { length }) => product * length, 1);
  let random = 1;
  for (let which = 0; which < Math.min(count, most); which++) {
    let rest = which;
    yield fromWords(values.map((ofWord) => {
      // The constants of Numerical Recipes; the upper bits are the better ones.
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const at = count > most ? random >>> 8 : rest;
      rest = Math.floor(rest / ofWord.length);
      return ofWord[at % ofWord.length];
    }));
  }
}

/** Of a word that nobody looks at, one value will do. */
function valuesOf(constants: readonly Constant[]): number[] {
  if (constants.length === 0) return [0];
  const masks = constants.filter(({ isMask }) => isMask);
  const near = constants.flatMap(({ value }) => [value - 1, value, value + 1]);
  const values = new Set([0, WORD, ...near.map((value) => value >>> 0)]);
  for (const value of [...values]) {
    for (const { value: mask } of masks) {
      values.add((value | ~mask) >>> 0).add((value & mask) >>> 0);
    }
    if (masks.length === 0 || near.length > MANY) continue;
    for (let bit = 0; bit < 32; bit++) values.add((value ^ 1 << bit) >>> 0);
  }
  return [...values];
}

/** What a program compares or masks each word with, on whatever way. */
function* ofProgram(program: readonly Instruction[]): Generator<Constant> {
  // Which words may be in the accumulator where an instruction begins.
  const held = program.map(() => new Set<number>());
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    const words = code === (op.LD | op.ABS) ? [k >> 2] : [...held[at]];
    const isMask = (code & op.CLASS) === op.ALU;
    const isJump = code === (op.JMP | op.JA);
    const isTest = (code & op.CLASS) === op.JMP && !isJump;
    if (isMask || isTest) {
      for (const word of words) yield { word, value: k, isMask };
    }
    if (code === op.RET) continue;
    for (const skipped of isTest ? [jt, jf] : [isJump ? k : 0]) {
      for (const word of words) held[at + 1 + skipped].add(word);
    }
  }
}

/** What a filter compares or masks each word with. */
function* ofMeaning({ abis }: Meaning): Generator<Constant> {
  for (const { architecture, numbers, rules } of abis) {
    yield { word: 1, value: architecture, isMask: false };
    for (const value of [...numbers.flat(), ...rules.keys()]) {
      yield { word: 0, value, isMask: false };
    }
    const conditions = [...rules.values()].flat().flatMap((each) =>
      each.conditions
    );
    for (const { argument, mask, value } of conditions) {
      for (const half of [0, 1]) {
        const word = lowWord(argument) + half;
        const part = (whole: bigint) =>
          Number(BigInt.asUintN(32, whole >> BigInt(32 * half)));
        yield { word, value: part(value & mask), isMask: false };
        if (part(mask) === WORD) continue;
        yield { word, value: part(mask), isMask: true };
      }
    }
  }
}
