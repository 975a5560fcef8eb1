import assert from "node:assert/strict";
import { ALLOW, KILL_THREAD } from "./action.ts";
import {
  and,
  assemble,
  type Instruction,
  jump,
  jumpIfEqual,
  load,
  ret,
} from "./instruction.ts";
import * as op from "./opcode.ts";
import { decode } from "./program.ts";
import { run, runAll } from "./run.ts";
import type { SeccompData } from "./seccomp_data.ts";

const CALL: SeccompData = {
  number: 0xffff_ffff,
  architecture: 0xc000_003e,
  instructionPointer: 0x1111_2222_3333_4444n,
  args: [1n, 0x8000_0000_ffff_fffen, 2n ** 64n - 1n, 0n, 0n, 0x600_0000_0007n],
};

function plain(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k };
}

/** What the accumulator is after some instructions. */
function computed(...program: Instruction[]): number {
  return run(decode(assemble([...program, plain(op.RET | op.A)])), CALL).action;
}

const imm = (a: number, x = 0) => [
  plain(op.LDX | op.IMM, x),
  plain(op.LD | op.IMM, a),
];

Deno.test("each word of the call is where the kernel has it", () => {
  const words = Array.from({ length: 16 }, (_, at) => computed(load(4 * at)));
  assert.deepEqual(words, [
    ...[0xffff_ffff, 0xc000_003e, 0x3333_4444, 0x1111_2222],
    ...[1, 0, 0xffff_fffe, 0x8000_0000, 0xffff_ffff, 0xffff_ffff],
    ...[0, 0, 0, 0, 7, 0x600],
  ]);
});

const K: readonly [name: string, code: number, [number, number, number][]][] = [
  ["adds", op.ADD, [[0xffff_ffff, 2, 1], [1, 2, 3]]],
  ["subtracts", op.SUB, [[1, 2, 0xffff_ffff], [0x8000_0000, 1, 0x7fff_ffff]]],
  ["multiplies", op.MUL, [[0xffff_ffff, 0xffff_ffff, 1], [
    0x1234_5678,
    0x9abc_def1,
    0x3661_76f8,
  ]]],
  ["divides", op.DIV, [[0xffff_fffe, 3, 0x5555_5554], [7, 0xffff_ffff, 0]]],
  ["keeps bits", op.AND, [[0xf000_000f, 0x8000_0005, 0x8000_0005]]],
  ["sets bits", op.OR, [[0x8000_0000, 1, 0x8000_0001]]],
  ["flips bits", op.XOR, [[0xffff_ffff, 1, 0xffff_fffe]]],
  ["shifts to the left", op.LSH, [[3, 31, 0x8000_0000], [3, 0, 3]]],
  ["shifts to the right", op.RSH, [[0x8000_0000, 31, 1]]],
];

for (const [name, code, rows] of K) {
  Deno.test(`${name}, by a constant and by X`, () => {
    for (const [a, by, result] of rows) {
      assert.equal(computed(...imm(a), plain(op.ALU | code, by)), result);
      const byX = plain(op.ALU | code | op.X, 0xdead);
      assert.equal(computed(...imm(a, by), byX), result);
    }
  });
}

Deno.test("of a shift by X the lowest five bits count", () => {
  const shift = (code: number, x: number) =>
    computed(...imm(0x8000_0001, x), plain(op.ALU | code | op.X));
  assert.equal(shift(op.LSH, 32), 0x8000_0001);
  assert.equal(shift(op.RSH, 0xffff_ffff), 1);
});

Deno.test("a division by an X of 0 kills, whatever follows", () => {
  const program = [plain(op.ALU | op.DIV | op.X), ret(ALLOW)];
  assert.deepEqual(run(program, CALL), { action: KILL_THREAD, path: [0] });
});

Deno.test("negates, and tells the size of what it sees", () => {
  assert.equal(computed(...imm(1), plain(op.ALU | op.NEG)), 0xffff_ffff);
  assert.equal(computed(plain(op.LD | op.LEN)), 64);
  assert.equal(
    computed(plain(op.LDX | op.LEN), plain(op.MISC | op.TXA)),
    64,
  );
});

Deno.test("accumulator and X begin as 0, and memory keeps both", () => {
  assert.equal(computed(), 0);
  assert.equal(computed(...[plain(op.MISC | op.TXA)]), 0);
  const kept = [
    ...imm(5, 6),
    plain(op.ST, 0),
    plain(op.STX, 15),
    ...imm(0, 0),
    plain(op.LD | op.MEM, 15),
    plain(op.LDX | op.MEM, 0),
    plain(op.ALU | op.MUL | op.X),
  ];
  assert.equal(computed(...kept), 30);
  const swapped = [...imm(5, 6), plain(op.MISC | op.TAX), ...[plain(op.LD, 9)]];
  assert.equal(computed(...swapped, plain(op.MISC | op.TXA)), 5);
});

const JUMPS: readonly [
  name: string,
  code: number,
  yes: readonly [number, number][],
  no: readonly [number, number][],
][] = [
  ["equal", op.JEQ, [[0xffff_ffff, 0xffff_ffff]], [[1, 0xffff_ffff]]],
  ["greater", op.JGT, [[0x8000_0000, 0x7fff_ffff]], [[3, 3], [2, 0xffff_ffff]]],
  ["not less", op.JGE, [[0x8000_0000, 1], [3, 3]], [[2, 3]]],
  ["one of some bits", op.JSET, [[0x8000_0001, 0x8000_0000]], [[6, 9], [6, 0]]],
];

for (const [name, code, yes, no] of JUMPS) {
  Deno.test(`jumps if ${name}, to a constant and to X`, () => {
    const goes = (a: number, to: number) =>
      [plain(op.JMP | code, to), plain(op.JMP | code | op.X, 0xdead)].map(
        (test) => {
          const jumping = { ...test, jt: 0, jf: 1 };
          const program = [...imm(a, to), jumping, ret(1), ret(2)];
          return run(program, CALL).action;
        },
      );
    for (const [a, to] of yes) assert.deepEqual(goes(a, to), [1, 1]);
    for (const [a, to] of no) assert.deepEqual(goes(a, to), [2, 2]);
  });
}

Deno.test("the path has what was executed, and no more", () => {
  const program = [
    load(16),
    and(0xff),
    jumpIfEqual(1, 1, 0),
    ret(KILL_THREAD),
    jump(1),
    ret(KILL_THREAD),
    ret(ALLOW),
  ];
  assert.deepEqual(run(program, CALL), {
    action: ALLOW,
    path: [0, 1, 2, 4, 6],
  });
});

Deno.test("of several programs the most restrictive answer counts, of equal ones the last", () => {
  const all = (...actions: number[]) =>
    runAll(actions.map((action) => [ret(action)]), CALL);
  // From seccomp(2), the most restrictive first.
  const ordered = [
    ...[0x8000_0000, 0x0000_0000, 0x0003_0000, 0x0005_0001, 0x7fc0_0000],
    ...[0x7ff0_0000, 0x7ffc_0000, 0x7fff_0000],
  ];
  ordered.forEach((action, at) => {
    for (const milder of ordered.slice(at)) {
      assert.equal(all(action, milder), action);
      assert.equal(all(milder, action), action);
    }
  });
  assert.equal(all(0x0005_0001, ALLOW, 0x0005_0002), 0x0005_0002);
});
