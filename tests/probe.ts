/**
 * A program that makes the system calls it was built for and reports what each
 * returned: the kernel's own answer, with neither a compiler nor a libc in
 * between. It needs three calls for itself, execve, write and exit_group, so
 * that the tightest filter can be asked.
 *
 * @module
 */
import { DATA_ADDRESS, executable } from "./probe_elf.ts";
import { MACHINES } from "./probe_machine.ts";
import { Scratch } from "./program.ts";

/**
 * How a call is made: as the machine's own programs do it, or on x86_64 by `int
 * 0x80`, as 32-bit x86 does it, or with the number of an x32 call.
 */
export type ProbeAbi = "native" | "x86" | "x32";

/** One system call. */
export interface ProbeCall {
  readonly abi: ProbeAbi;
  /** An unsigned 32-bit integer; that of an x32 call may lack the x32 bit. */
  readonly number: number;
  /**
   * Up to six; what is left out is 0. An integer, 0 to 2^64-1, fills the whole
   * register, of which `int 0x80` takes the lower half. A text is placed in the
   * program, NUL-terminated, and its address passed, which is below 4 GiB; the
   * kernel can read there, but not write.
   */
  readonly args: readonly (bigint | string)[];
}

const MOST_ARGUMENTS = 6;
const RESULT_SIZE = 8;

/**
 * Builds a program that makes calls one after the other and writes each one's
 * result to standard output before it makes the next.
 *
 * @param calls The calls.
 * @param arch The machine it is to run on, this one if left out.
 * @returns A static ELF executable, to be written to a file and started.
 * @throws {RangeError} If a number or an argument is out of its range, or the
 * machine has no calls of an ABI.
 */
export function probeProgram(
  calls: readonly ProbeCall[],
  arch: typeof Deno.build.arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  const { elf, call, report, exit } = MACHINES[arch];
  const texts: number[] = [];
  const place = (text: string) => {
    const address = DATA_ADDRESS + texts.length;
    texts.push(...new TextEncoder().encode(`${text}\0`));
    return BigInt(address);
  };
  const code = calls.flatMap(({ abi, number, args }) => {
    checkCall(number, args);
    const values = args.map((arg) =>
      typeof arg === "string" ? place(arg) : arg
    );
    while (values.length < MOST_ARGUMENTS) values.push(0n);
    return [...call(abi, number, values), ...report];
  });
  // aarch64 takes its instructions from multiples of four only.
  while (texts.length % 4 !== 0) texts.push(0);
  return executable(elf, texts, [...code, ...exit]);
}

/**
 * Reads what a probe wrote.
 *
 * @param stdout All of its standard output.
 * @returns What each call returned, in order, as a signed 64-bit integer: a
 * negative errno for one that failed. Fewer than there are calls if one of them
 * ended the program.
 * @throws {RangeError} If it is not a whole number of results.
 */
export function readResults(stdout: Uint8Array): bigint[] {
  if (stdout.length % RESULT_SIZE !== 0) {
    throw new RangeError(`${stdout.length} bytes are not results of a probe`);
  }
  const view = new DataView(stdout.buffer, stdout.byteOffset, stdout.length);
  return Array.from(
    { length: stdout.length / RESULT_SIZE },
    (_, index) => view.getBigInt64(index * RESULT_SIZE, true),
  );
}

/**
 * Why calls of an ABI cannot be made from a program on this machine, or
 * `undefined` if they can: a filter sees them, whatever becomes of them then.
 */
export function missingAbi(abi: ProbeAbi): string | undefined {
  if (abi === "native") return undefined;
  if (Deno.build.arch !== "x86_64") return "needs x86_64";
  if (abi === "x32") return undefined;
  using scratch = new Scratch();
  const getpid = { abi, number: 20, args: [] };
  const file = scratch.file("probe", probeProgram([getpid]), 0o755);
  // Where the kernel has no 32-bit entry, int 0x80 is a fault as any other.
  return new Deno.Command(file, { stdout: "null" }).outputSync().success
    ? undefined
    : "needs a kernel with CONFIG_IA32_EMULATION";
}

/** @throws {RangeError} If a number or an argument of a call is out of its range. */
export function checkCall(
  number: number,
  args: ProbeCall["args"],
): void {
  if (number >>> 0 !== number) {
    throw new RangeError(`${number} is not an unsigned 32-bit integer`);
  }
  if (args.length > MOST_ARGUMENTS) {
    throw new RangeError(`a call has six arguments, not ${args.length}`);
  }
  for (const arg of args) {
    if (typeof arg === "bigint" && BigInt.asUintN(64, arg) !== arg) {
      throw new RangeError(`${arg} is not an unsigned 64-bit integer`);
    }
  }
}
