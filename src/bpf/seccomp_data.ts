/**
 * What the kernel shows a program of one system call: `struct seccomp_data`
 * (include/uapi/linux/seccomp.h).
 */
export interface SeccompData {
  /** The call's number, an unsigned 32-bit integer. */
  readonly number: number;
  /** `AUDIT_ARCH_*`, an unsigned 32-bit integer. */
  readonly architecture: number;
  /** Where the call was made, 0 to 2⁶⁴−1; 0 if left out. */
  readonly instructionPointer?: bigint;
  /** Up to six, 0 to 2⁶⁴−1 each; what is left out is 0. */
  readonly args: readonly bigint[];
}

/** `sizeof(struct seccomp_data)`, in bytes. */
export const DATA_SIZE = 64;

/** How many 32-bit words it has, which is what a program can load. */
export const WORDS = DATA_SIZE / 4;

/** A system call has this many arguments. */
export const ARGUMENTS = 6;

/** The word with the call's number. */
export const NUMBER = 0;
/** The word with its architecture. */
export const ARCHITECTURE = 1;
/** The word with the lower half of the instruction pointer; the upper follows. */
export const POINTER = 2;
const FIRST_ARGUMENT = 4;

/** `__X32_SYSCALL_BIT`: such calls come with the token of x86_64. */
export const X32_BIT = 0x4000_0000;

/**
 * The word with the lower half of an argument; the upper half is the next one.
 *
 * @param argument 0 to 5.
 */
export function lowWord(argument: number): number {
  return FIRST_ARGUMENT + 2 * argument;
}

/** The word with the upper half of an argument, 0 to 5. */
export function highWord(argument: number): number {
  return lowWord(argument) + 1;
}

/** Which half of which argument a word is; `undefined` for the first four. */
export function argumentOfWord(
  word: number,
): { readonly argument: number; readonly isHigh: boolean } | undefined {
  if (word < FIRST_ARGUMENT) return undefined;
  const half = word - FIRST_ARGUMENT;
  return { argument: half >> 1, isHigh: (half & 1) === 1 };
}

/** The words of a call, unsigned; this machine is little-endian. */
export function toWords(data: SeccompData): number[] {
  const words = new Array<number>(WORDS).fill(0);
  words[NUMBER] = data.number >>> 0;
  words[ARCHITECTURE] = data.architecture >>> 0;
  split(words, POINTER, data.instructionPointer ?? 0n);
  for (let argument = 0; argument < ARGUMENTS; argument++) {
    split(words, lowWord(argument), data.args[argument] ?? 0n);
  }
  return words;
}

/** The call that some words are. */
export function fromWords(words: readonly number[]): SeccompData {
  const join = (low: number) =>
    BigInt(words[low + 1]) << 32n | BigInt(words[low]);
  return {
    number: words[NUMBER],
    architecture: words[ARCHITECTURE],
    instructionPointer: join(POINTER),
    args: Array.from(
      { length: ARGUMENTS },
      (_, argument) => join(lowWord(argument)),
    ),
  };
}

function split(words: number[], low: number, value: bigint): void {
  words[low] = Number(BigInt.asUintN(32, value));
  words[low + 1] = Number(BigInt.asUintN(32, value >> 32n));
}
