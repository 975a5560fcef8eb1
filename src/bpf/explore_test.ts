import assert from "node:assert/strict";
import fc from "fast-check";
import { comparingPrograms } from "../../tests/random_program.ts";
import { Budget, BudgetError } from "./budget.ts";
import { explore, exploreAll, UnknownProgramError } from "./explore.ts";
import {
  and,
  assemble,
  type Instruction,
  jumpIfEqual,
  load,
  ret,
} from "./instruction.ts";
import * as op from "./opcode.ts";
import { decode } from "./program.ts";
import type { Region } from "./region.ts";
import { run, runAll } from "./run.ts";
import { type SeccompData, toWords } from "./seccomp_data.ts";

const STEPS = 1_000_000;

function has(region: Region, call: SeccompData): boolean {
  return toWords(call).every((word, index) => region.word(index).has(word));
}

const word = fc.constantFrom(
  ...[0, 1, 2, 3, 6, 7, 0x40, 0xff, 0x100, 0x101, 0x7fff_ffff, 0xffff_0000],
  ...[0xffff_0001, 0xffff_fffe, 0xffff_ffff],
);
const calls: fc.Arbitrary<SeccompData> = fc.record({
  number: word,
  architecture: word,
  args: fc.tuple(word, word, word).map(([one, two, three]) => [
    BigInt(two) << 32n | BigInt(one),
    BigInt(three),
  ]),
});
const many = fc.array(calls, { minLength: 30, maxLength: 30 });

Deno.test("every call is in exactly one leaf, which has its answer", () => {
  fc.assert(
    fc.property(comparingPrograms, many, (instructions, calls) => {
      const program = decode(assemble(instructions));
      const leaves = [...explore(program, new Budget(STEPS))];
      const samples = leaves.map(({ region }) =>
        region.sample(new Budget(STEPS))
      );
      leaves.forEach(({ region }, at) => assert.ok(has(region, samples[at])));
      for (const call of [...calls, ...samples]) {
        const found = leaves.filter(({ region }) => has(region, call));
        assert.equal(found.length, 1);
        const [{ action, at }] = found;
        const verdict = run(program, call);
        assert.equal(action, verdict.action);
        assert.equal(at, verdict.path.at(-1));
      }
    }),
    { numRuns: 1500 },
  );
});

Deno.test("of several programs together as well", () => {
  fc.assert(
    fc.property(
      fc.array(comparingPrograms, { minLength: 1, maxLength: 3 }),
      many,
      (instructions, calls) => {
        const programs = instructions.map((each) => decode(assemble(each)));
        const regions = [...exploreAll(programs, new Budget(STEPS))];
        for (const call of calls) {
          const found = regions.filter(({ region }) => has(region, call));
          assert.equal(found.length, 1);
          assert.equal(found[0].action, runAll(programs, call));
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("only calls of the region are followed that was asked about", () => {
  const program = [load(16), jumpIfEqual(7, 0, 1), ret(1), ret(2)];
  const [first] = explore(program, new Budget(100));
  const again = [...explore(program, new Budget(100), first.region)];
  assert.deepEqual(again, [first]);
});

function plain(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k };
}

const UNKNOWN: readonly [name: string, program: readonly Instruction[]][] = [
  ["adds to a word", [load(16), plain(op.ALU | op.ADD, 1), ret(1)]],
  ["negates a word", [load(16), plain(op.ALU | op.NEG), ret(1)]],
  ["shifts a masked word", [
    load(16),
    and(0xff),
    plain(op.ALU | op.LSH, 1),
    ret(1),
  ]],
  ["returns a word", [load(16), plain(op.RET | op.A)]],
  ["compares with a word", [
    load(16),
    plain(op.MISC | op.TAX),
    plain(op.JMP | op.JEQ | op.X),
    ret(1),
  ]],
];

for (const [name, program] of UNKNOWN) {
  Deno.test(`a program that ${name} cannot be followed, and says where`, () => {
    assert.throws(
      () => [...explore(decode(assemble(program)), new Budget(100))],
      (error) =>
        error instanceof UnknownProgramError &&
        error.code === "ENOTSUP" && /^instruction \d computes/.test(
          error.message,
        ),
    );
  });
}

Deno.test("a program that computes with what is known can be followed", () => {
  const program = [
    load(16),
    jumpIfEqual(7, 0, 3),
    plain(op.MISC | op.TAX),
    plain(op.ALU | op.MUL | op.X),
    plain(op.RET | op.A),
    plain(op.LD | op.LEN),
    plain(op.ALU | op.DIV | op.X),
    ret(1),
  ];
  const actions = [...explore(decode(assemble(program)), new Budget(100))]
    .map(({ action, at }) => [action, at]);
  assert.deepEqual(actions, [[49, 4], [0, 6]]);
});

Deno.test("a program of too many ways is given up", () => {
  const program = [
    ...Array.from({ length: 40 }, (_, bit) => [
      load(16 + 4 * (bit >> 5)),
      { ...plain(op.JMP | op.JSET, 2 ** (bit & 31)), jt: 0, jf: 0 },
    ]).flat(),
    ret(1),
  ];
  assert.throws(() => [...explore(program, new Budget(STEPS))], BudgetError);
});
