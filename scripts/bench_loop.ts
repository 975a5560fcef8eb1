/**
 * A program that loads a filter, makes one system call very often and tells how
 * much processor time that took: neither a compiler nor a libc is in between.
 *
 * @module
 */
import { getSyscallFromName } from "../src/libseccomp/mod.ts";
import { DATA_ADDRESS, executable } from "../tests/probe_elf.ts";
import { little, type Machine, MACHINES } from "../tests/probe_machine.ts";

/** One system call; what is left out of its arguments is 0. */
export interface Call {
  readonly name: string;
  readonly args?: readonly bigint[];
}

/** What the program needs itself, once its filter is loaded. */
export const OWN_CALLS: readonly string[] = [
  "clock_gettime",
  "write",
  "exit_group",
];

/** How a machine repeats something, its counter in a register that calls keep. */
interface Repetition {
  start(count: number): readonly number[];
  /** @param size How many bytes the repeated code has. */
  end(size: number): readonly number[];
}

const REPETITIONS: Readonly<Record<typeof Deno.build.arch, Repetition>> = {
  x86_64: {
    // mov rbx, count
    start: (count) => [0x48, 0xbb, ...little(BigInt(count), 8)],
    // dec rbx; jnz start of the code (Intel SDM volume 2)
    end: (size) => [
      ...[0x48, 0xff, 0xcb, 0x0f, 0x85],
      ...little(BigInt(-(size + 9)), 4),
    ],
  },
  aarch64: {
    // movz x19, #low; movk x19, #high, lsl #16
    start: (count) => [
      ...little(BigInt(0xd280_0013 + (count % 0x1_0000) * 32), 4),
      ...little(BigInt(0xf2a0_0013 + Math.floor(count / 0x1_0000) * 32), 4),
    ],
    // subs x19, x19, #1; b.ne start of the code (Arm ARM C6.2)
    end: (size) => [
      ...little(0xf100_0673n, 4),
      ...little(
        0x5400_0001n | BigInt.asUintN(19, BigInt(-size / 4 - 1)) << 5n,
        4,
      ),
    ],
  },
};

/** `struct sock_fprog` of linux/filter.h. */
const FPROG = 16;
const INSTRUCTION = 8;
/** Where the clock's answers go: two `struct timespec`. */
const MEMORY = 0x1000_0000n;
const TIMESPEC = 16n;

const PROT_READ_WRITE = 3n;
/** MAP_PRIVATE, MAP_FIXED and MAP_ANONYMOUS of mmap(2). */
const MAP = 0x32n;
const PR_SET_NO_NEW_PRIVS = 38n;
const SECCOMP_SET_MODE_FILTER = 1n;
/** Of the processor time of a thread: others may take the processor meanwhile. */
const CLOCK_THREAD_CPUTIME_ID = 3n;

/**
 * Builds the program.
 *
 * @param filter What it loads: a classic BPF program, or nothing if it has no
 * instructions.
 * @param call What it does, whatever becomes of it.
 * @param count How often, 1 to 2³² − 1.
 * @returns A static ELF executable for this machine.
 */
export function loopProgram(
  filter: Uint8Array,
  { name, args = [] }: Call,
  count: number,
): Uint8Array<ArrayBuffer> {
  const { elf, exit, call }: Machine = MACHINES[Deno.build.arch];
  const { start, end } = REPETITIONS[Deno.build.arch];
  const make = (name: string, ...args: readonly bigint[]) => {
    const rest = Array(6 - args.length).fill(0n);
    const { number } = getSyscallFromName(name);
    return call("native", number, [...args, ...rest]);
  };
  const instructions = filter.length / INSTRUCTION;
  const fprog = [
    ...little(BigInt(instructions), 8),
    ...little(BigInt(DATA_ADDRESS + FPROG), 8),
  ];
  const load = instructions === 0 ? [] : [
    ...make("prctl", PR_SET_NO_NEW_PRIVS, 1n),
    ...make("seccomp", SECCOMP_SET_MODE_FILTER, 0n, BigInt(DATA_ADDRESS)),
  ];
  const body = make(name, ...args);
  const clock = (into: bigint) =>
    make("clock_gettime", CLOCK_THREAD_CPUTIME_ID, into);
  return executable(elf, [...fprog, ...filter], [
    ...make("mmap", MEMORY, 4096n, PROT_READ_WRITE, MAP, 2n ** 64n - 1n),
    ...load,
    ...clock(MEMORY),
    ...start(count),
    ...body,
    ...end(body.length),
    ...clock(MEMORY + TIMESPEC),
    ...make("write", 1n, MEMORY, 2n * TIMESPEC),
    ...exit,
  ]);
}

/**
 * Runs the program.
 *
 * @returns Nanoseconds, of all calls together.
 * @throws {Error} If it did not come to its end.
 */
export function runLoop(file: string): number {
  const { success, stdout } = new Deno.Command(file, { stdin: "null" })
    .outputSync();
  if (!success || stdout.length !== Number(2n * TIMESPEC)) {
    throw new Error(`${file} did not come to its end`);
  }
  const view = new DataView(stdout.buffer, stdout.byteOffset);
  const nanoseconds = (at: number) =>
    view.getBigInt64(at, true) * 1_000_000_000n +
    view.getBigInt64(at + 8, true);
  return Number(nanoseconds(Number(TIMESPEC)) - nanoseconds(0));
}
