/**
 * What an operation of classic BPF is made of, by its parts
 * (include/uapi/linux/bpf_common.h).
 *
 * @module
 */

/** `BPF_CLASS`: the lowest three bits. */
export const CLASS = 0x07;
export const LD = 0x00;
export const LDX = 0x01;
export const ST = 0x02;
export const STX = 0x03;
export const ALU = 0x04;
export const JMP = 0x05;
export const RET = 0x06;
export const MISC = 0x07;

/** `BPF_MODE` of loads, with `BPF_W`, which is 0. */
export const IMM = 0x00;
export const ABS = 0x20;
export const MEM = 0x60;
export const LEN = 0x80;

/** `BPF_OP` of `ALU` and `JMP`: the upper four bits. */
export const OPERATION = 0xf0;
export const ADD = 0x00;
export const SUB = 0x10;
export const MUL = 0x20;
export const DIV = 0x30;
export const OR = 0x40;
export const AND = 0x50;
export const LSH = 0x60;
export const RSH = 0x70;
export const NEG = 0x80;
export const XOR = 0xa0;

export const JA = 0x00;
export const JEQ = 0x10;
export const JGT = 0x20;
export const JGE = 0x30;
export const JSET = 0x40;

/** `BPF_SRC`: the operand is the index register and not `k`. */
export const X = 0x08;
/** `BPF_RVAL` of `RET`: the accumulator. */
export const A = 0x10;

/** `BPF_MISCOP`. */
export const TAX = 0x00;
export const TXA = 0x80;

/** `BPF_MEMWORDS`: how many words of scratch memory there are. */
export const MEMORY = 16;
