import assert from "node:assert/strict";
import { OPERATIONS } from "../../tests/random_program.ts";
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
import { decode, encode, MOST_INSTRUCTIONS, ProgramError } from "./program.ts";

const END = ret(0x7fff_0000);

function plain(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k };
}

/** Why `decode` refuses a program; `encode` does so for the same reason. */
function refusal(program: readonly Instruction[]): ProgramError {
  let found: unknown;
  try {
    decode(assemble(program));
  } catch (error) {
    found = error;
  }
  assert.ok(found instanceof ProgramError);
  const { message } = found;
  assert.throws(() => encode(program), { message });
  return found;
}

Deno.test("what was encoded is decoded to the same", () => {
  const program = [
    load(60),
    and(0xffff_ffff),
    jumpIfEqual(0x8000_0000, 255, 0),
    ...Array.from({ length: 255 }, () => jump(0)),
    END,
  ];
  assert.deepEqual(decode(encode(program)), program);
});

Deno.test("a program may be any part of a buffer", () => {
  const bytes = Uint8Array.of(0xff, 0xff, 0xff, ...assemble([END]));
  assert.deepEqual(decode(bytes.subarray(3)), [END]);
});

Deno.test("of all 65536 operations exactly those of a seccomp filter are taken", () => {
  const taken: number[] = [];
  for (let code = 0; code <= 0xffff; code++) {
    const program = [plain(op.ST, 4), plain(code, 4), ...Array(5).fill(END)];
    try {
      decode(assemble(program));
      taken.push(code);
    } catch (error) {
      assert.ok(error instanceof ProgramError);
      assert.equal(error.at, 1);
    }
  }
  assert.deepEqual(taken, OPERATIONS.toSorted((one, other) => one - other));
});

const REFUSED: readonly [
  name: string,
  says: RegExp,
  program: readonly Instruction[],
  at?: number,
][] = [
  ["a jump past the end", /jumps past the end/, [jump(1), END], 0],
  ["a very long jump", /jumps past the end/, [jump(0xffff_ffff), END], 0],
  [
    "a jump past the end if equal",
    /jumps past the end/,
    [load(0), jumpIfEqual(0, 1, 0), END],
    1,
  ],
  [
    "a jump past the end if different",
    /jumps past the end/,
    [load(0), jumpIfEqual(0, 0, 1), END],
    1,
  ],
  ["a word behind seccomp_data", /no word .* offset 64/, [load(64), END], 0],
  ["a half word", /no word of seccomp_data at offset 2/, [load(2), END], 0],
  ["an offset of nothing", /offset 4294967292/, [load(0xffff_fffc), END], 0],
  ["a division by 0", /divides by 0/, [plain(op.ALU | op.DIV), END], 0],
  ["a shift by 32", /by 32 bits/, [plain(op.ALU | op.LSH, 32), END], 0],
  ["a shift by more", /by 33 bits/, [plain(op.ALU | op.RSH, 33), END], 0],
  ["a store to word 16", /no memory word 16/, [plain(op.ST, 16), END], 0],
  ["a store of X there", /no memory word 16/, [plain(op.STX, 16), END], 0],
  ["a load of word 16", /no memory word 16/, [plain(op.LD | op.MEM, 16), END]],
  [
    "a load of X from there",
    /no memory word 4294967295/,
    [plain(op.LDX | op.MEM, 0xffff_ffff), END],
  ],
  [
    "a load of memory that nothing has stored",
    /memory word 3, which may not have been stored/,
    [plain(op.ST, 2), plain(op.LD | op.MEM, 3), END],
    1,
  ],
  [
    "a load of memory that was stored on one of two ways",
    /memory word 3, which may not have been stored/,
    [
      load(0),
      jumpIfEqual(7, 1, 0),
      plain(op.ST, 3),
      plain(op.LDX | op.MEM, 3),
      END,
    ],
    3,
  ],
  [
    "a load of memory whose store is jumped over",
    /may not have been stored/,
    [jump(1), plain(op.ST), plain(op.LD | op.MEM), END],
    2,
  ],
  ["an end that is no return", /the last one does not return/, [END, load(0)]],
  ["an unknown operation", /operation 0xffff/, [plain(0xffff), END], 0],
  // BPF_LD + BPF_H + BPF_ABS and BPF_LD + BPF_W + BPF_IND.
  ["a load of two bytes", /operation 0x28/, [plain(0x28), END], 0],
  ["an indexed load", /operation 0x40/, [plain(0x40), END], 0],
  ["a modulo", /operation 0x94/, [plain(0x94, 1), END], 0],
  ["an extension", /offset 4294963200/, [plain(0x20, 0xffff_f000), END], 0],
];

for (const [name, says, program, at] of REFUSED) {
  Deno.test(`a program is refused for ${name}`, () => {
    const error = refusal(program);
    assert.match(error.message, says);
    assert.equal(error.code, "EINVAL");
    if (at !== undefined) assert.equal(error.at, at);
  });
}

const TAKEN: readonly [name: string, program: readonly Instruction[]][] = [
  ["a shift by 31", [plain(op.ALU | op.LSH, 31), END]],
  ["a shift by X", [plain(op.ALU | op.LSH | op.X, 32), END]],
  ["a division by X", [plain(op.ALU | op.DIV | op.X), END]],
  [
    "memory stored on both ways",
    [
      load(0),
      jumpIfEqual(7, 0, 2),
      plain(op.ST, 15),
      jump(1),
      plain(op.STX, 15),
      plain(op.LD | op.MEM, 15),
      plain(op.RET | op.A),
    ],
  ],
  // check_load_and_stores: nothing leads there.
  ["a load behind a return", [jump(1), plain(op.LD | op.MEM), END]],
];

for (const [name, program] of TAKEN) {
  Deno.test(`a program may have ${name}`, () => {
    assert.deepEqual(decode(assemble(program)), program);
  });
}

Deno.test("a program has 1 to 4096 instructions", () => {
  const of = (length: number) => assemble(Array(length).fill(END));
  assert.equal(decode(of(1)).length, 1);
  assert.equal(decode(of(MOST_INSTRUCTIONS)).length, 4096);
  assert.throws(() => decode(of(0)), /it has no instructions/);
  assert.throws(
    () => decode(of(MOST_INSTRUCTIONS + 1)),
    /it has more than 4096 instructions, the most that the kernel takes/,
  );
});

Deno.test("torn bytes are no program", () => {
  for (const length of [1, 7, 9, 15]) {
    assert.throws(
      () => decode(new Uint8Array(length)),
      /bytes are not a whole number of instructions/,
    );
  }
});
