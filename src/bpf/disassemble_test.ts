import assert from "node:assert/strict";
import fc from "fast-check";
import { comparingPrograms, OPERATIONS } from "../../tests/random_program.ts";
import { treeCalls, treePrograms } from "../../tests/random_tree.ts";
import { disassemble } from "./disassemble.ts";
import { renderLines } from "./disassemble_text.ts";
import {
  and,
  assemble,
  type Instruction,
  jump,
  jumpIfEqual,
  load,
  ret,
} from "./instruction.ts";
import type { NamedAbi, Naming } from "./naming.ts";
import * as op from "./opcode.ts";
import { decode } from "./program.ts";
import { run } from "./run.ts";
import { X32_BIT } from "./seccomp_data.ts";
import { WIDTH } from "./wrap.ts";

const X86_64 = 0xc000_003e;
const X86 = 0x4000_0003;
const WIDE: NamedAbi = {
  name: "x86_64",
  architecture: X86_64,
  numbers: [[0, X32_BIT - 1], [0xffff_ffff, 0xffff_ffff]],
  is64Bit: true,
  constants: "x86_64",
};
const X32: NamedAbi = {
  ...WIDE,
  name: "x32",
  numbers: [[X32_BIT, 0xffff_fffe]],
  constants: "x32",
};
const NARROW: NamedAbi = {
  name: "x86",
  architecture: X86,
  numbers: [[0, 0xffff_ffff]],
  is64Bit: false,
  constants: "x86",
};
const CALLS: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  x86_64: new Map([[0, "read"], [16, "ioctl"], [41, "socket"], [56, "clone"]]),
  x32: new Map([[X32_BIT + 41, "socket"]]),
  x86: new Map([[0, "restart_syscall"], [16, "lchown"], [54, "ioctl"]]),
};
const NAMING: Naming = {
  abis: [WIDE, X32, NARROW],
  expected: [],
  call: ({ name }, number) => CALLS[name].get(number),
  action: (action) => `Act${action}`,
};

function texts(...program: readonly Instruction[]): string[] {
  return disassemble(decode(assemble(program)), NAMING)
    .map(({ text }) => text);
}

function plain(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k };
}

function test(code: number, k: number, jt: number, jf: number): Instruction {
  return { code: op.JMP | code, jt, jf, k };
}

Deno.test("words and numbers are named by what is known of the call", () => {
  assert.deepEqual(
    texts(
      load(4),
      jumpIfEqual(X86_64, 0, 9),
      load(0),
      jumpIfEqual(16, 0, 3),
      load(24),
      jumpIfEqual(0x5412, 5, 0),
      jump(4),
      jumpIfEqual(56, 0, 3),
      load(16),
      test(op.JSET, 0x1002_0000, 1, 0),
      jump(0),
      ret(1),
    ),
    [
      "a = architecture",
      "if architecture != x86_64 go to 11",
      "a = number",
      "if number != ioctl go to 7",
      "a = arg1.low (cmd)",
      "if arg1.low (cmd) == TIOCSTI go to 11",
      "go to 11",
      "if number != clone go to 11",
      "a = arg0.low (clone_flags)",
      "if arg0.low (clone_flags) & (CLONE_NEWNS|CLONE_NEWUSER) != 0 go to 11",
      "go to 11",
      "return Act1",
    ],
  );
});

Deno.test("a number that several ABIs have is told for each", () => {
  const same = (number: number) =>
    texts(
      load(4),
      jumpIfEqual(X86_64, 2, 0),
      jumpIfEqual(X86, 1, 0),
      ret(0),
      load(0),
      jumpIfEqual(number, 0, 1),
      ret(1),
      ret(2),
    )[5];
  assert.equal(
    same(16),
    "if number != 16 (ioctl on x86_64, lchown on x86) go to 7",
  );
  assert.equal(same(41), "if number != socket go to 7");
  assert.equal(same(5), "if number != 5 go to 7");
});

Deno.test("nothing is named that is not the same on all ways", () => {
  const lines = texts(
    load(4),
    jumpIfEqual(X86_64, 0, 6),
    load(0),
    jumpIfEqual(16, 1, 0),
    jumpIfEqual(56, 0, 3),
    load(24),
    jumpIfEqual(0x5412, 1, 0),
    ret(1),
    ret(2),
  );
  assert.equal(lines[5], "a = arg1.low");
  assert.equal(lines[6], "if arg1.low == 0x5412 go to 8");
});

Deno.test("without a test of the architecture no call is named", () => {
  assert.equal(
    texts(load(0), jumpIfEqual(16, 0, 1), ret(1), ret(2))[1],
    "if number != 16 go to 3",
  );
});

Deno.test("a number without its x32 bit is that of two calls", () => {
  const program = [
    load(4),
    jumpIfEqual(X86_64, 0, 4),
    load(0),
    and(0xbfff_ffff),
    jumpIfEqual(41, 0, 1),
    load(16),
    ret(1),
  ];
  assert.deepEqual(texts(...program).slice(4, 6), [
    "if number & 0xbfffffff != socket go to 6",
    "a = arg0.low (family)",
  ]);
});

const COMPUTING: readonly [instruction: Instruction, text: string][] = [
  [plain(op.LD | op.IMM, 5), "a = 0x5"],
  [plain(op.LDX | op.IMM, 5), "x = 0x5"],
  [plain(op.LD | op.LEN), "a = the size of the data, 64"],
  [load(8), "a = instruction_pointer.low"],
  [load(60), "a = arg5.high"],
  [plain(op.ST, 3), "memory[3] = a"],
  [plain(op.STX, 3), "memory[3] = x"],
  [plain(op.MISC | op.TAX), "x = a"],
  [plain(op.MISC | op.TXA), "a = x"],
  [plain(op.ALU | op.NEG), "a = -a"],
  [plain(op.ALU | op.ADD, 16), "a += 0x10"],
  [plain(op.ALU | op.RSH, 16), "a >>= 0x10"],
  [plain(op.ALU | op.AND, 0xff), "a &= 0xff"],
  [plain(op.ALU | op.DIV | op.X), "a /= x"],
  [test(op.JGT | op.X, 0, 0, 1), "if a <= 0x0 go to 2"],
  [test(op.JSET, 6, 1, 0), "if a & 0x6 != 0 go to 2"],
  [test(op.JGE, 6, 1, 0), "if a >= 0x6 go to 2"],
  [test(op.JEQ, 6, 1, 1), "go to 2 in either case"],
  [plain(op.RET | op.A), "return a, which is Act0"],
];

for (const [instruction, text] of COMPUTING) {
  Deno.test(`an instruction is read as "${text}"`, () => {
    assert.equal(texts(instruction, ret(1), ret(2))[0], text);
  });
}

Deno.test("what a register holds is not told where ways differ", () => {
  const program = [
    load(0),
    jumpIfEqual(1, 0, 1),
    load(16),
    plain(op.MISC | op.TAX),
    jumpIfEqual(2, 0, 1),
    plain(op.RET | op.A),
    test(op.JEQ | op.X, 0, 0, 1),
    ret(1),
    ret(2),
  ];
  assert.deepEqual(texts(...program).slice(4), [
    "if a != 0x2 go to 6",
    "return a",
    "if a != x go to 8",
    "return Act1",
    "return Act2",
  ]);
});

Deno.test("every instruction that the kernel takes can be read", () => {
  for (const code of OPERATIONS) {
    const isMemory = code === (op.LD | op.MEM) || code === (op.LDX | op.MEM);
    const program = [
      plain(op.ST, 0),
      plain(code, isMemory ? 0 : 1 & ~code),
      ret(1),
    ];
    if (code === (op.LD | op.ABS)) program[1] = load(4);
    if (code === (op.ALU | op.DIV)) program[1] = plain(code, 1);
    if ((code & op.CLASS) === op.JMP) program[1] = plain(code);
    const [, text] = texts(...program);
    assert.match(text, /^(a|x|memory\[[01]\]|if|go to|return) ?/, `${code}`);
    assert.doesNotMatch(text, /undefined|\?/, `${code}`);
  }
});

Deno.test("a jump's target says where it is from, and for which calls", () => {
  const program = decode(assemble([
    load(4),
    jumpIfEqual(X86_64, 0, 4),
    load(0),
    jumpIfEqual(16, 3, 0),
    jumpIfEqual(56, 2, 0),
    jump(1),
    ret(1),
    ret(2),
    ret(3),
  ]));
  assert.deepEqual(renderLines(disassemble(program, NAMING)), [
    "  0 0020 00 00 00000004  a = architecture",
    "  1 0015 00 04 c000003e  if architecture != x86_64 go to 6",
    "  2 0020 00 00 00000000  a = number",
    "  3 0015 03 00 00000010  if number == ioctl go to 7",
    "  4 0015 02 00 00000038  if number == clone go to 7",
    "  5 0005 00 00 00000001  go to 7",
    "from 1",
    "  6 0006 00 00 00000001  return Act1",
    "from 3, 4, 5: x86_64, x32",
    "  7 0006 00 00 00000002  return Act2",
    "never reached",
    "  8 0006 00 00 00000003  return Act3",
  ]);
});

Deno.test("what is said of the ways is true of every call's way", () => {
  fc.assert(
    fc.property(
      fc.oneof(treePrograms([0, 1, 4]), comparingPrograms),
      fc.array(treeCalls, { minLength: 20, maxLength: 20 }),
      (instructions, calls) => {
        const program = decode(assemble(instructions));
        const naming: Naming = {
          ...NAMING,
          abis: [{ ...WIDE, architecture: 1, numbers: [[0, 0xffff_ffff]] }],
          call: (_, number) => `call${number}`,
        };
        const lines = disassemble(program, naming);
        for (const line of renderLines(lines)) assert.ok(line.length <= WIDTH);
        for (const call of calls) {
          const { path } = run(program, call);
          path.forEach((at, index) => {
            const { isReached, from, calls } = lines[at];
            assert.ok(isReached);
            const before = path.at(index - 1);
            if (index > 0 && before !== at - 1) {
              assert.ok(from.includes(before ?? -1));
            }
            // Calls that are listed are all that come here.
            if (calls === undefined || !/^call\d+(, |\b)/.test(calls)) return;
            assert.equal(call.architecture, 1);
            assert.match(calls, new RegExp(`\\bcall${call.number}\\b`));
          });
        }
      },
    ),
    { numRuns: 500 },
  );
});
