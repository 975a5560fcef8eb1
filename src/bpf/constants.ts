/**
 * The symbolic constants that people write as arguments of system calls, and
 * the names of values in the arguments of calls.
 *
 * Values are the kernel's and not the C library's where the two differ, as with
 * `O_LARGEFILE`: a filter sees what the kernel is given.
 *
 * @module
 */
import { familiesOf } from "./_constants_calls.ts";
import { type ConstantAbi, families, valueOn } from "./_constants_parse.ts";

export type { ConstantAbi };

const BY_NAME = new Map(
  [...families.values()].flat().map((known) => [known.name, known]),
);

/** A number: decimal, hexadecimal, octal in either manner, or binary. */
const NUMBER = /^-?(?:0x[0-9a-f]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9][0-9]*)$/i;
const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 64n - 1n;

/** What is wrong with an argument as it was written. */
export class ArgumentError extends RangeError {
  override readonly name = "ArgumentError";
  /** The part that is wrong: all of the text, or what is between two `|`. */
  readonly part: string;

  constructor(part: string, message: string) {
    super(message);
    this.part = part;
  }
}

/**
 * The value of a symbolic constant.
 *
 * @param name As in the kernel's headers: `O_CLOEXEC`.
 * @param abi The ABI: some constants differ, and some exist only on some.
 * @returns An unsigned 64-bit number, the two's complement of a negative one;
 * `undefined` if the ABI has no such constant.
 *
 * Source: the UAPI headers of Linux 6.12.
 */
export function constant(name: string, abi: ConstantAbi): bigint | undefined {
  const known = BY_NAME.get(name);
  return known && valueOn(known, abi);
}

/** The names of all constants, those that exist only on some ABIs too. */
export function constantNames(): readonly string[] {
  return [...BY_NAME.keys()];
}

/**
 * An argument as people write it.
 *
 * @param text A number (`10`, `0xa`, `0o12`, `0b1010`, `012` as in C, `-1`), a
 * constant (`O_CREAT`), or several of them joined by `|` (`O_CREAT|O_WRONLY`).
 * @param abi The ABI whose constants they are.
 * @returns An unsigned 64-bit number, the two's complement of a negative one.
 * @throws {ArgumentError} A `RangeError`, if a part is neither, or is no number
 * from −2^63 to 2^64−1. Its `part` is the wrong one.
 */
export function parseArgument(text: string, abi: ConstantAbi): bigint {
  return text.split("|")
    .map((part) => parsePart(part.trim(), text, abi))
    .reduce((bits, value) => bits | value);
}

function parsePart(part: string, text: string, abi: ConstantAbi): bigint {
  if (part === "") {
    const message = text.trim() === ""
      ? "an argument is empty"
      : `"${text}" has nothing on one side of a "|"`;
    throw new ArgumentError(part, message);
  }
  if (/^-?[0-9]/.test(part)) return parseNumber(part);
  const value = constant(part, abi);
  if (value !== undefined) return value;
  throw new ArgumentError(
    part,
    BY_NAME.has(part)
      ? `"${part}" does not exist on ${abi}`
      : `there is no constant "${part}"`,
  );
}

function parseNumber(part: string): bigint {
  if (!NUMBER.test(part)) {
    throw new ArgumentError(part, `"${part}" is not a number`);
  }
  const digits = part.replace(/^-/, "").replace(/^0(?=[0-7])/, "0o");
  const magnitude = BigInt(digits);
  const value = part.startsWith("-") ? -magnitude : magnitude;
  if (value < LOWEST || value > HIGHEST) {
    throw new ArgumentError(part, `"${part}" does not fit into 64 bits`);
  }
  return BigInt.asUintN(64, value);
}

/**
 * The name of a value in an argument of a system call, where that is known:
 * `TIOCSTI` for 0x5412 in argument 1 of ioctl, `O_WRONLY|O_CREAT` for 0x41 in
 * argument 2 of openat.
 *
 * @param syscall libseccomp's name of the call.
 * @param argument Which one, 0 to 5.
 * @param value The value: 64 bits, or the low 32 of a negative one.
 * @param abi The ABI.
 * @returns A constant, or several joined by `|`, whose value it is; `undefined`
 * if the argument's values have no names, or not all of this one has. Of two
 * names, the better-known.
 */
export function describeConstant(
  syscall: string,
  argument: number,
  value: bigint,
  abi: ConstantAbi,
): string | undefined {
  const known = familiesOf(syscall, argument, abi);
  if (!known) return undefined;
  const bits = BigInt.asUintN(64, value);
  const whole = nameOf(bits, known.ones, abi);
  if (whole !== undefined || known.flags.length === 0) return whole;
  if (bits === 0n) return nameOf(bits, known.flags, abi);

  const flags = flagsOf(bits & ~known.mask, known.flags, abi);
  const low = bits & known.mask;
  // A value beside a mask often has flags only: then O_CREAT, not O_RDONLY too.
  if (low === 0n) return flags?.join("|");
  const name = nameOf(low, known.ones, abi);
  return name && flags && [name, ...flags].join("|");
}

/** The constants of some families on an ABI, the better-known first. */
function constantsOf(
  names: readonly string[],
  abi: ConstantAbi,
): { readonly name: string; readonly value: bigint }[] {
  return names.flatMap((family) => families.get(family) ?? [])
    .flatMap((known) => {
      const value = valueOn(known, abi);
      return value === undefined ? [] : [{ name: known.name, value }];
    });
}

function nameOf(
  value: bigint,
  names: readonly string[],
  abi: ConstantAbi,
): string | undefined {
  const all = constantsOf(names, abi);
  // A negative int is handed over with its upper half filled or empty.
  const found = all.find((known) => known.value === value) ??
    all.find((known) =>
      known.value >= 2n ** 63n && BigInt.asUintN(32, known.value) === value
    );
  return found?.name;
}

/** The flags that a value is made of, if it is wholly. */
function flagsOf(
  value: bigint,
  names: readonly string[],
  abi: ConstantAbi,
): string[] | undefined {
  const flags: string[] = [];
  let rest = value;
  // A flag of several bits holds others: O_SYNC is O_DSYNC and one more.
  const widestFirst = constantsOf(names, abi)
    .filter((flag) => flag.value !== 0n)
    .sort((a, b) => bitCount(b.value) - bitCount(a.value));
  for (const flag of widestFirst) {
    if ((rest & flag.value) !== flag.value) continue;
    flags.push(flag.name);
    rest &= ~flag.value;
  }
  return rest === 0n ? flags : undefined;
}

function bitCount(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
