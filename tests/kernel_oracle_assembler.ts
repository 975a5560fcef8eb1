/**
 * The little of an assembler for x86_64 that the oracle's code is written with.
 *
 * Source: Intel SDM volume 2.
 *
 * @module
 */
import { little } from "./probe_machine.ts";

/** Registers, as instructions have them. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R8 = 8;
export const R9 = 9;
export const R10 = 10;
export const R12 = 12;
export const R13 = 13;
export const R14 = 14;
export const R15 = 15;

/** Conditions of a jump, as its opcode has them. */
export const EQUAL = 4;
export const NOT_EQUAL = 5;
export const NOT_NEGATIVE = 9;

export const SYSCALL = [0x0f, 0x05];

/** Makes a call for which other code puts the arguments in place. */
export function systemCall(number: number, ...args: number[][]): number[] {
  return [...args.flat(), ...set(RAX, number), ...SYSCALL];
}

/** `mov r64, imm64`. */
export function set(register: number, value: number): number[] {
  const opcode = 0xb8 | register & 7;
  return [0x48 | register >> 3, opcode, ...little(BigInt(value), 8)];
}

/** `mov r64, r64`. */
export function copy(to: number, from: number): number[] {
  const prefix = 0x48 | from >> 3 << 2 | to >> 3;
  return [prefix, 0x89, 0xc0 | (from & 7) << 3 | to & 7];
}

/** `mov r64, [r12 + offset]`. */
export function fetch(register: number, offset: number): number[] {
  const prefix = 0x49 | register >> 3 << 2;
  return [prefix, 0x8b, 0x44 | (register & 7) << 3, 0x24, offset];
}

/** Runs code but where a condition holds. */
export function jumpOverIf(
  condition: number,
  code: readonly number[],
): number[] {
  const jump = [0x0f, 0x80 | condition, ...little(BigInt(code.length), 4)];
  return [...jump, ...code];
}

/** Runs code again and again until what it calculates or compares last is zero. */
export function repeatUnlessZero(code: readonly number[]): number[] {
  const back = -BigInt(code.length + 6); // 6 is the size of the jump itself.
  return [...code, 0x0f, 0x80 | NOT_EQUAL, ...little(back, 4)];
}
