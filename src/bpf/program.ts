import { assemble, type Instruction, INSTRUCTION_SIZE } from "./instruction.ts";
import * as op from "./opcode.ts";
import { DATA_SIZE } from "./seccomp_data.ts";

/** `BPF_MAXINSNS`, the most instructions that the kernel takes. */
export const MOST_INSTRUCTIONS = 4096;

/**
 * `MAX_INSNS_PER_PATH` of kernel/seccomp.c: the most instructions of all filters
 * of a process together, where each counts four more than it has.
 */
export const MOST_INSTRUCTIONS_TOGETHER = 2 ** 18 / INSTRUCTION_SIZE;

/** Why the kernel would not take a program. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  /** What seccomp(2) would answer. */
  readonly code = "EINVAL";
  /** The instruction, 0 for the first; `undefined`: the program as a whole. */
  readonly at: number | undefined;

  constructor(reason: string, at?: number) {
    super(at === undefined ? reason : `instruction ${at}: ${reason}`);
    this.at = at;
  }
}

/**
 * Reads a program and makes sure that the kernel would take it for a seccomp
 * filter.
 *
 * @param bytes An array of `struct sock_filter`, little-endian.
 * @returns The instructions, 1 to 4096.
 * @throws {ProgramError} If the kernel would refuse it, with the reason.
 *
 * Source: `bpf_check_basics_ok`, `bpf_check_classic` and
 * `check_load_and_stores` of net/core/filter.c; `seccomp_check_filter` of
 * kernel/seccomp.c.
 */
export function decode(bytes: Uint8Array): Instruction[] {
  const count = bytes.length / INSTRUCTION_SIZE;
  if (count > MOST_INSTRUCTIONS) {
    // There may be more of them than was read.
    throw new ProgramError(
      `it has more than ${MOST_INSTRUCTIONS} instructions, the most that the kernel takes`,
    );
  }
  if (!Number.isInteger(count)) {
    throw new ProgramError(
      `${bytes.length} bytes are not a whole number of instructions`,
    );
  }
  if (count === 0) throw new ProgramError("it has no instructions");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const program: Instruction[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * INSTRUCTION_SIZE;
    program.push({
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    });
  }
  check(program);
  return program;
}

/**
 * Lays instructions out as the kernel takes them.
 *
 * @throws {ProgramError} If the kernel would not take them.
 */
export function encode(
  program: readonly Instruction[],
): Uint8Array<ArrayBuffer> {
  check(program);
  return assemble(program);
}

/** Every operation that a seccomp filter may have, without `BPF_SRC`. */
const ALLOWED: ReadonlySet<number> = new Set([
  op.LD | op.ABS,
  op.LD | op.LEN,
  op.LDX | op.LEN,
  op.LD | op.IMM,
  op.LDX | op.IMM,
  op.LD | op.MEM,
  op.LDX | op.MEM,
  op.ST,
  op.STX,
  op.RET,
  op.RET | op.A,
  op.MISC | op.TAX,
  op.MISC | op.TXA,
  op.ALU | op.NEG,
  op.JMP | op.JA,
  ...[op.ADD, op.SUB, op.MUL, op.DIV, op.AND, op.OR, op.XOR, op.LSH, op.RSH]
    .flatMap((each) => [op.ALU | each, op.ALU | each | op.X]),
  ...[op.JEQ, op.JGT, op.JGE, op.JSET]
    .flatMap((each) => [op.JMP | each, op.JMP | each | op.X]),
]);

function check(program: readonly Instruction[]): void {
  program.forEach((instruction, at) => {
    const reason = refusal(instruction, program.length - at - 1);
    if (reason !== undefined) throw new ProgramError(reason, at);
  });
  const last = program.length - 1;
  if ((program[last].code & op.CLASS) !== op.RET) {
    throw new ProgramError("the last one does not return", last);
  }
  checkMemory(program);
}

/**
 * Why an instruction is refused.
 *
 * @param after How many instructions follow.
 */
function refusal(
  { code, jt, jf, k }: Instruction,
  after: number,
): string | undefined {
  if (!ALLOWED.has(code)) {
    return `a seccomp filter cannot have the operation 0x${code.toString(16)}`;
  }
  switch (code) {
    case op.LD | op.ABS:
      if (k < DATA_SIZE && (k & 3) === 0) return undefined;
      return `there is no word of seccomp_data at offset ${k}`;
    case op.ALU | op.DIV:
      return k === 0 ? "it divides by 0" : undefined;
    case op.ALU | op.LSH:
    case op.ALU | op.RSH:
      return k >= 32 ? `it shifts by ${k} bits` : undefined;
    case op.LD | op.MEM:
    case op.LDX | op.MEM:
    case op.ST:
    case op.STX:
      return k >= op.MEMORY ? `there is no memory word ${k}` : undefined;
    case op.JMP | op.JA:
      return k >= after ? "it jumps past the end" : undefined;
  }
  if ((code & op.CLASS) !== op.JMP) return undefined;
  return jt >= after || jf >= after ? "it jumps past the end" : undefined;
}

/** Each word of memory must have been stored on every way that leads to a load. */
function checkMemory(program: readonly Instruction[]): void {
  const ALL = 2 ** op.MEMORY - 1;
  /** What is stored for certain where an instruction begins, by jumps to it. */
  const valid = new Uint32Array(program.length).fill(ALL);
  let stored = 0;
  const jumpTo = (target: number) => {
    valid[target] &= stored;
  };
  program.forEach(({ code, jt, jf, k }, at) => {
    stored &= valid[at];
    switch (code) {
      case op.ST:
      case op.STX:
        stored |= 1 << k;
        return;
      case op.LD | op.MEM:
      case op.LDX | op.MEM:
        if ((stored & 1 << k) !== 0) return;
        throw new ProgramError(
          `it loads memory word ${k}, which may not have been stored`,
          at,
        );
      case op.JMP | op.JA:
        jumpTo(at + 1 + k);
        stored = ALL;
        return;
    }
    if ((code & op.CLASS) !== op.JMP) return;
    jumpTo(at + 1 + jt);
    jumpTo(at + 1 + jf);
    stored = ALL;
  });
}
