/**
 * The machine code of a probe: three instructions' worth of assembler for each
 * machine.
 *
 * @module
 */
import type { ProbeAbi } from "./probe.ts";

/** How a machine makes calls. */
export interface Machine {
  /** Its `e_machine` in elf(5). */
  readonly elf: number;
  /**
   * Code that makes a call.
   *
   * @param abi How it is made.
   * @param number An unsigned 32-bit integer.
   * @param args Six, each an unsigned 64-bit integer.
   * @throws {RangeError} If the machine has no calls of the ABI.
   */
  call(abi: ProbeAbi, number: number, args: readonly bigint[]): number[];
  /**
   * Code that writes the last call's result to standard output: write(1,
   * &result, 8).
   */
  readonly report: readonly number[];
  /** Code that ends the program: exit_group(0), and a trap if that is refused. */
  readonly exit: readonly number[];
}

/** `__X32_SYSCALL_BIT` of arch/x86/include/uapi/asm/unistd.h. */
const X32_BIT = 0x4000_0000;

/** `mov r64, imm64` for each register (Intel SDM volume 2, "MOV"). */
const RAX = [0x48, 0xb8];
const RBX = [0x48, 0xbb];
const RCX = [0x48, 0xb9];
const RDX = [0x48, 0xba];
const RSI = [0x48, 0xbe];
const RDI = [0x48, 0xbf];
const RBP = [0x48, 0xbd];
const R8 = [0x49, 0xb8];
const R9 = [0x49, 0xb9];
const R10 = [0x49, 0xba];

/** What makes a call, and the registers it takes the arguments from. */
const SYSCALL = { code: [0x0f, 0x05], from: [RDI, RSI, RDX, R10, R8, R9] };
const INT_80 = { code: [0xcd, 0x80], from: [RBX, RCX, RDX, RSI, RDI, RBP] };

/** Source: syscall(2), "Architecture calling conventions". */
const X86_64: Machine = {
  elf: 62, // EM_X86_64
  call(abi, number, args) {
    const { code, from } = abi === "x86" ? INT_80 : SYSCALL;
    const wanted = numberOf(abi, number);
    return [
      ...from.flatMap((mov, index) => [...mov, ...little(args[index], 8)]),
      ...[...RAX, ...little(BigInt(wanted), 8)],
      ...code,
    ];
  },
  report: [
    // Over argc, which a probe has no use for.
    ...[0x48, 0x89, 0x04, 0x24], // mov [rsp], rax
    ...[0xbf, 1, 0, 0, 0], // mov edi, 1
    ...[0x48, 0x89, 0xe6], // mov rsi, rsp
    ...[0xba, 8, 0, 0, 0], // mov edx, 8
    ...[0xb8, 1, 0, 0, 0], // mov eax, 1 (write)
    ...[0x0f, 0x05], // syscall
  ],
  exit: [
    ...[0xbf, 0, 0, 0, 0], // mov edi, 0
    ...[0xb8, 231, 0, 0, 0], // mov eax, 231 (exit_group)
    ...[0x0f, 0x05], // syscall
    ...[0x0f, 0x0b], // ud2
  ],
};

/**
 * `mov xN, #imm16` and, for the three upper quarters, `movk xN, #imm16, lsl
 * #…`, to be completed by value and register (Arm ARM C6.2, "MOVZ", "MOVK").
 */
const MOV = [0xd280_0000, 0xf2a0_0000, 0xf2c0_0000, 0xf2e0_0000];
const SVC = 0xd400_0001;

/** Source: syscall(2), "Architecture calling conventions". */
const AARCH64: Machine = {
  elf: 183, // EM_AARCH64
  call(abi, number, args) {
    if (abi !== "native") throw new RangeError(`aarch64 has no ${abi} calls`);
    return words([
      ...args.flatMap((value, register) => mov(register, value)),
      ...mov(8, BigInt(number)),
      SVC,
    ]);
  },
  report: words([
    // Over argc, which a probe has no use for.
    0xf900_03e0, // str x0, [sp]
    ...mov(0, 1n),
    0x9100_03e1, // mov x1, sp
    ...mov(2, 8n),
    ...mov(8, 64n), // write
    SVC,
  ]),
  exit: words([
    ...mov(0, 0n),
    ...mov(8, 94n), // exit_group
    SVC,
    0xd420_0000, // brk #0
  ]),
};

/** By Deno's names. */
export const MACHINES: Readonly<Record<typeof Deno.build.arch, Machine>> = {
  x86_64: X86_64,
  aarch64: AARCH64,
};

/** What a call's register for the number holds: of x32, with the x32 bit. */
export function numberOf(abi: ProbeAbi, number: number): number {
  return abi === "x32" ? (number | X32_BIT) >>> 0 : number;
}

/** The instructions of aarch64 that put a value into a register. */
function mov(register: number, value: bigint): number[] {
  return MOV.map((opcode, quarter) => {
    const bits = Number(BigInt.asUintN(16, value >> BigInt(16 * quarter)));
    return opcode | bits << 5 | register;
  });
}

/** 32-bit words, as aarch64 has its instructions. */
function words(values: readonly number[]): number[] {
  return values.flatMap((value) => little(BigInt(value), 4));
}

/** The lowest bytes of an integer, the lowest first. */
export function little(value: bigint, size: number): number[] {
  return Array.from(
    { length: size },
    (_, index) => Number(BigInt.asUintN(8, value >> BigInt(8 * index))),
  );
}
