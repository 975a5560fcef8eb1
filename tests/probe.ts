/**
 * A program that makes the system calls it was built for and reports what each
 * returned: the kernel's own answer, with neither a compiler nor a libc in
 * between. It needs three calls for itself, execve, write and exit_group, so
 * that the tightest filter can be asked.
 *
 * @module
 */
import { little, MACHINES } from "./probe_machine.ts";
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

/**
 * Where the program is loaded: below 4 GiB, and a multiple of the largest page,
 * which is 64 KiB on aarch64.
 */
const BASE = 0x40_0000;
const LARGEST_PAGE = 0x1_0000;

/** `sizeof(Elf64_Ehdr)` and `sizeof(Elf64_Phdr)` of elf(5). */
const ELF_HEADER = 64;
const PROGRAM_HEADER = 56;
const HEADERS = ELF_HEADER + PROGRAM_HEADER;

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
 *
 * Source: elf(5).
 */
export function probeProgram(
  calls: readonly ProbeCall[],
  arch: typeof Deno.build.arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> {
  const { elf, call, report, exit } = MACHINES[arch];
  const texts: number[] = [];
  const place = (text: string) => {
    const address = BASE + HEADERS + texts.length;
    texts.push(...new TextEncoder().encode(`${text}\0`));
    return BigInt(address);
  };
  const code = calls.flatMap(({ abi, number, args }) => {
    check(number, args);
    const values = args.map((arg) =>
      typeof arg === "string" ? place(arg) : arg
    );
    while (values.length < MOST_ARGUMENTS) values.push(0n);
    return [...call(abi, number, values), ...report];
  });
  // aarch64 takes its instructions from multiples of four only.
  while (texts.length % 4 !== 0) texts.push(0);
  const size = HEADERS + texts.length + code.length + exit.length;
  return Uint8Array.from([
    ...headers(elf, BASE + HEADERS + texts.length, size),
    ...texts,
    ...code,
    ...exit,
  ]);
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

function check(number: number, args: ProbeCall["args"]): void {
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

/** The headers of an executable with one segment, which holds the whole file. */
function headers(machine: number, entry: number, size: number): number[] {
  // ELFCLASS64, ELFDATA2LSB, EV_CURRENT
  const identification = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1];
  while (identification.length < 16) identification.push(0);
  const fields = [
    [2, 2], // e_type: ET_EXEC
    [2, machine], // e_machine
    [4, 1], // e_version: EV_CURRENT
    [8, entry], // e_entry
    [8, ELF_HEADER], // e_phoff
    [8, 0], // e_shoff
    [4, 0], // e_flags
    [2, ELF_HEADER], // e_ehsize
    [2, PROGRAM_HEADER], // e_phentsize
    [2, 1], // e_phnum
    [2, 0], // e_shentsize
    [2, 0], // e_shnum
    [2, 0], // e_shstrndx
    [4, 1], // p_type: PT_LOAD
    [4, 5], // p_flags: PF_R | PF_X
    [8, 0], // p_offset
    [8, BASE], // p_vaddr
    [8, BASE], // p_paddr
    [8, size], // p_filesz
    [8, size], // p_memsz
    [8, LARGEST_PAGE], // p_align
  ] as const;
  return [
    ...identification,
    ...fields.flatMap(([bytes, value]) => little(BigInt(value), bytes)),
  ];
}
