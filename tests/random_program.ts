/**
 * Generates programs of classic BPF: such that the kernel takes, and such that
 * are close to it.
 *
 * @module
 */
import fc from "fast-check";
import type { Instruction } from "../src/bpf/instruction.ts";
import * as op from "../src/bpf/opcode.ts";

const ERRNO = 0x0005_0000;
/** The bits of an errno that a process can see. */
const SEEN = 0xfff;

const COMPUTING = [
  ...[op.ADD, op.SUB, op.MUL, op.DIV, op.AND, op.OR, op.XOR, op.LSH, op.RSH],
];
const TESTING = [op.JEQ, op.JGT, op.JGE, op.JSET];
const SOURCES = [0, op.X];

/** Every operation that a seccomp filter may have. */
export const OPERATIONS: readonly number[] = [
  ...[op.LD | op.ABS, op.LD | op.IMM, op.LD | op.MEM, op.LD | op.LEN],
  ...[op.LDX | op.IMM, op.LDX | op.MEM, op.LDX | op.LEN, op.ST, op.STX],
  ...COMPUTING.flatMap((each) => SOURCES.map((from) => op.ALU | each | from)),
  ...[op.ALU | op.NEG, op.MISC | op.TAX, op.MISC | op.TXA],
  ...TESTING.flatMap((each) => SOURCES.map((from) => op.JMP | each | from)),
  ...[op.JMP | op.JA, op.RET, op.RET | op.A],
];

/** Numbers about which computing and checking change. */
const OPERANDS = [
  ...[0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 60, 61, 63, 64, 68, 255],
  ...[0x5412, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff],
];
const operand = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...OPERANDS) },
  { weight: 1, arbitrary: fc.nat(0xffff_ffff) },
);
const distance = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.nat(12) },
  { weight: 1, arbitrary: fc.constantFrom(127, 128, 254, 255) },
);

/** Mostly right ones. */
const code = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...OPERATIONS) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...OPERATIONS), fc.nat(15)).map(
      ([one, bit]) => one ^ 1 << bit,
    ),
  },
  { weight: 1, arbitrary: fc.nat(0xff) },
);

/** An operand that an operation takes, where it does not take all. */
function fitting(code: number, k: number): number {
  switch (code) {
    case op.LD | op.ABS:
      return (k & 15) * 4;
    case op.ALU | op.DIV:
      return Math.max(1, k);
    case op.ALU | op.LSH:
    case op.ALU | op.RSH:
      return k & 31;
    case op.LD | op.MEM:
    case op.LDX | op.MEM:
    case op.ST:
    case op.STX:
      // Few, so that loads meet stores.
      return k & 3;
    case op.JMP | op.JA:
      return k & 3;
    default:
      return k;
  }
}

const instruction: fc.Arbitrary<Instruction> = fc.record({
  code,
  jt: distance,
  jf: distance,
  k: operand,
  isFitting: fc.nat(15).map((one) => one !== 15),
}).map(({ isFitting, ...each }) =>
  isFitting ? { ...each, k: fitting(each.code, each.k) } : each
);

const returns: fc.Arbitrary<Instruction> = fc.record({
  code: fc.constantFrom(op.RET, op.RET | op.A),
  jt: fc.constant(0),
  jf: fc.constant(0),
  k: fc.constantFrom(ERRNO, ERRNO + 1),
});

/** Instructions in any order, which some returns follow, so that jumps meet them. */
const anyPrograms: fc.Arbitrary<Instruction[]> = fc.tuple(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Instruction[]>([]) },
    {
      weight: 1,
      // Memory that is stored before all else.
      arbitrary: fc.subarray([0, 1, 2, 3]).map((words) =>
        words.map((k) => ({ code: op.ST, jt: 0, jf: 0, k }))
      ),
    },
  ),
  fc.array(instruction, { maxLength: 10 }),
  fc.array(returns, { maxLength: 4 }),
).map((parts) => parts.flat()).filter(({ length }) => length > 0);

/** Words of the call that a test knows: not where it is made from. */
const WORDS = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11];

/** One step of a body; where a jump goes is told once the length is known. */
const step: fc.Arbitrary<Instruction> = fc.record({
  code: fc.constantFrom(
    ...OPERATIONS,
    // Returns end what could be seen of the rest.
    ...OPERATIONS.filter((each) => (each & op.CLASS) !== op.RET),
    ...OPERATIONS.filter((each) => (each & op.CLASS) !== op.RET),
  ),
  jt: fc.nat(255),
  jf: fc.nat(255),
  k: operand,
  word: fc.constantFrom(...WORDS),
  errno: fc.nat(SEEN),
}).map(({ word, errno, ...each }) => {
  if (each.code === op.RET) return { ...each, k: ERRNO + errno };
  const isLoad = each.code === (op.LD | op.ABS);
  return { ...each, k: isLoad ? 4 * word : fitting(each.code, each.k) };
});

/** Stores words of the call in all the memory that steps load from. */
const stores: fc.Arbitrary<Instruction[]> = fc.tuple(
  ...[0, 1, 2, 3].map((k) =>
    fc.constantFrom(...WORDS).map((word) => [
      ...[{ code: op.LD | op.ABS, jt: 0, jf: 0, k: 4 * word }],
      ...[{ code: op.ST, jt: 0, jf: 0, k }],
    ])
  ),
).map((pairs) => pairs.flat());

/**
 * Programs that the kernel takes and that compute something, in four forms:
 * each returns another part of the result as an errno. No part is larger than
 * what a process sees of it.
 */
export const computingPrograms: fc.Arbitrary<Instruction[][]> = fc.tuple(
  stores,
  fc.array(step, { minLength: 1, maxLength: 14 }),
  fc.boolean(),
).map(([before, steps, isIndex]) => {
  const body = placed(steps);
  return [0, 8, 16, 24].map((shift) => [
    ...before,
    ...body,
    ...(isIndex ? [plain(op.MISC | op.TXA)] : []),
    plain(op.ALU | op.RSH, shift),
    plain(op.ALU | op.AND, 0xff),
    plain(op.ALU | op.OR, ERRNO),
    plain(op.RET | op.A),
  ]);
});

/** Operations of which `explore` can tell what they do. */
const FOLLOWED = [
  ...[op.LD | op.ABS, op.LD | op.ABS, op.LD | op.ABS, op.ALU | op.AND],
  ...[op.LD | op.IMM, op.LD | op.LEN, op.LD | op.MEM, op.ST],
  ...TESTING.flatMap((each) => [op.JMP | each, op.JMP | each]),
  ...[op.JMP | op.JA, op.RET],
];
const FEW = [0, 1, 2, 3, 6, 0x40, 0xff, 0x100, 0xffff_0000, 0xffff_ffff];

/** Programs that only mask words of the call and compare them with constants. */
export const comparingPrograms: fc.Arbitrary<Instruction[]> = fc.array(
  fc.record({
    code: fc.constantFrom(...FOLLOWED),
    jt: fc.nat(255),
    jf: fc.nat(255),
    k: fc.constantFrom(...FEW),
    word: fc.constantFrom(0, 1, 4, 5, 6),
    errno: fc.nat(9),
  }),
  { minLength: 1, maxLength: 20 },
).map((steps) => [
  ...[plain(op.LD | op.ABS, 16), ...[0, 1, 2, 3].map((k) => plain(op.ST, k))],
  ...placed(steps.map(({ word, errno, ...each }) => {
    if (each.code === op.RET) return { ...each, k: ERRNO + errno };
    if (each.code === (op.LD | op.ABS)) return { ...each, k: 4 * word };
    return { ...each, k: fitting(each.code, each.k) };
  })),
  plain(op.RET, ERRNO + 10),
]);

/** Instructions with their jumps going no further than behind them. */
function placed(steps: readonly Instruction[]): Instruction[] {
  return steps.map((each, at) => {
    const left = steps.length - at;
    const { code } = each;
    if (code === (op.JMP | op.JA)) return { ...each, k: each.k % left };
    if ((code & op.CLASS) !== op.JMP) return each;
    return { ...each, jt: each.jt % left, jf: each.jf % left };
  });
}

/** A program that the kernel takes, with one bit of it flipped. */
const flippedPrograms: fc.Arbitrary<Instruction[]> = fc.tuple(
  computingPrograms,
  fc.nat(),
  fc.constantFrom<[keyof Instruction, number]>(
    ["code", 16],
    ["jt", 8],
    ["jf", 8],
    ["k", 32],
  ),
  fc.nat(),
).map(([[program], which, [part, bits], bit]) => {
  const at = which % program.length;
  const flipped = (program[at][part] ^ 1 << bit % bits) >>> 0;
  return program.with(at, { ...program[at], [part]: flipped });
});

/** Programs that the kernel takes or almost takes, for whether it does. */
export const nearPrograms: fc.Arbitrary<Instruction[]> = fc.oneof(
  { weight: 2, arbitrary: anyPrograms },
  { weight: 1, arbitrary: flippedPrograms },
);

function plain(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k };
}
