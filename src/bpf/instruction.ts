/**
 * One instruction of classic BPF, `struct sock_filter` of
 * include/uapi/linux/filter.h.
 */
export interface Instruction {
  /** The operation, 16 bits. */
  readonly code: number;
  /** How many instructions to skip if a jump's test holds, 0 to 255. */
  readonly jt: number;
  /** How many to skip if it does not, 0 to 255. */
  readonly jf: number;
  /** The operand, an unsigned 32-bit number. */
  readonly k: number;
}

/** `sizeof(struct sock_filter)`, in bytes. */
export const INSTRUCTION_SIZE = 8;

/** `BPF_LD + BPF_W + BPF_ABS`: the accumulator becomes a word of the data. */
const LOAD = 0x20;
/** `BPF_ALU + BPF_AND + BPF_K`. */
const AND = 0x54;
/** `BPF_JMP + BPF_JEQ + BPF_K`. */
const JUMP_EQUAL = 0x15;
/** `BPF_JMP + BPF_JA`. */
const JUMP = 0x05;
/** `BPF_RET + BPF_K`. */
const RETURN = 0x06;

/**
 * Loads a word of `struct seccomp_data` (include/uapi/linux/seccomp.h).
 *
 * @param offset In bytes: 0 the call's number, 4 its architecture, 16 + 8 × i
 * the low half of argument i on little-endian machines.
 */
export function load(offset: number): Instruction {
  return { code: LOAD, jt: 0, jf: 0, k: offset };
}

/** Keeps the bits of the accumulator that are in the mask. */
export function and(mask: number): Instruction {
  return { code: AND, jt: 0, jf: 0, k: mask };
}

/** Skips some instructions if the accumulator is a value, others if not. */
export function jumpIfEqual(k: number, jt: number, jf: number): Instruction {
  return { code: JUMP_EQUAL, jt, jf, k };
}

/** Skips instructions, any number. */
export function jump(count: number): Instruction {
  return { code: JUMP, jt: 0, jf: 0, k: count };
}

/** Ends the program with an action (`SECCOMP_RET_*`). */
export function ret(action: number): Instruction {
  return { code: RETURN, jt: 0, jf: 0, k: action };
}

/**
 * Lays a program out as the kernel takes it.
 *
 * @returns 8 bytes an instruction, little-endian.
 */
export function assemble(
  program: readonly Instruction[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(program.length * INSTRUCTION_SIZE);
  const view = new DataView(bytes.buffer);
  program.forEach(({ code, jt, jf, k }, index) => {
    const at = index * INSTRUCTION_SIZE;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k, true);
  });
  return bytes;
}
