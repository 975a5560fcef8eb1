import { argumentNames } from "../bpf/arguments.ts";
import {
  ArgumentError,
  type ConstantAbi,
  constantNames,
  parseArgument,
} from "../bpf/constants.ts";
import { ARGUMENTS, type SeccompData, X32_BIT } from "../bpf/seccomp_data.ts";
import { directCalls, multiplexedBy } from "../libseccomp/multiplexed.ts";
import {
  ArchAMD64,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
  type ScmpArch,
  ScmpError,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import { archOf, nameOfCall } from "./describe_call.ts";
import { knownSyscallNames } from "./known_calls.ts";
import { suggestion } from "./nearest.ts";

/** A call as people wrote it. */
export interface ParsedCall {
  /** It has as many arguments as were written. */
  readonly call: SeccompData;
  /** What is odd about it, one sentence each. */
  readonly notices: readonly string[];
}

/** There is no such call, or it cannot have such arguments. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code = "ECALL";
  /** The word that nobody knows, if it is one. */
  readonly slip: Slip | undefined;

  constructor(message: string, options?: ErrorOptions & { slip?: Slip }) {
    super(message, options);
    this.slip = options?.slip;
  }
}

/** A word that may be misspelt. */
interface Slip {
  readonly word: string;
  /** What it may have been meant to be. */
  readonly known: readonly string[];
}

const HIGHEST = 0xffff_ffff;
/** The number that a tracer gives a call that it skips. */
const SKIPPED = -1;

/** The ABIs whose constants have other values than those of x86_64. */
const CONSTANT_ABIS: readonly ConstantAbi[] = [
  "x86_64",
  "x32",
  "x86",
  "aarch64",
  "arm",
];

/**
 * Reads a call as people write it, `ioctl 0 TIOCSTI`. An error says what a
 * misspelt word may have been meant to be.
 *
 * As {@linkcode readCall}.
 */
export async function parseCall(
  syscall: string,
  args: readonly string[],
  arch: ScmpArch,
): Promise<ParsedCall> {
  try {
    return readCall(syscall, args, arch);
  } catch (error) {
    if (!(error instanceof CallError) || !error.slip) throw error;
    const { word, known } = error.slip;
    error.message += await suggestion(word, known);
    throw error;
  }
}

/**
 * Reads a call as people write it: `ioctl 0 TIOCSTI`.
 *
 * @param syscall A name, or a number as the kernel reports it; of x32 with or
 * without its bit.
 * @param args Up to six arguments, as `parseArgument` reads them.
 * @param arch The ABI on which the call is made.
 * @throws {CallError} If the ABI has no such call, or an argument is none.
 */
export function readCall(
  syscall: string,
  args: readonly string[],
  arch: ScmpArch,
): ParsedCall {
  if (args.length > ARGUMENTS) {
    throw new CallError(
      `a system call has at most ${ARGUMENTS} arguments, not ${args.length}`,
    );
  }
  const notices: string[] = [];
  const number = /^-?[0-9]/.test(syscall)
    ? parseNumber(syscall, arch)
    : findNumber(syscall, arch, notices);
  const architecture = (arch === ArchX32 ? ArchAMD64 : arch).token;
  const on = archOf({ architecture, number }) ?? arch;
  if (on !== arch) {
    notices.push(`number 0x${number.toString(16)} of ${arch} is one of ${on}`);
  }
  const values = args.map((text) => parseValue(text, on));
  const call = { number, architecture, args: values };
  const name = nameOfCall(call);
  const known = argumentNames(name)?.length ?? ARGUMENTS;
  if (takesNames(on) && args.length > known) {
    notices.push(
      `${name} has ${known} arguments: the kernel ignores the further ones, a filter does not`,
    );
  }
  return { call, notices };
}

/**
 * Whether arguments are the ones that `argumentNames` tells: on 32-bit ABIs some
 * take two registers.
 */
export function takesNames(arch: ScmpArch): boolean {
  return arch.is64Bit || arch === ArchX32;
}

/** The ABI whose constants hold on another one. */
export function constantAbi({ name }: ScmpArch): ConstantAbi {
  return CONSTANT_ABIS.find((abi) => abi === name) ?? "x86_64";
}

function parseNumber(text: string, arch: ScmpArch): number {
  let value: bigint;
  try {
    value = BigInt.asIntN(64, parseArgument(text, constantAbi(arch)));
  } catch (error) {
    throw asCallError(error);
  }
  const number = Number(value);
  if (number < SKIPPED || number > HIGHEST) {
    throw new CallError(
      `${text} is not the number of a system call, -1 to ${HIGHEST}`,
    );
  }
  return ((arch === ArchX32 ? number | X32_BIT : number) & HIGHEST) >>> 0;
}

function findNumber(
  name: string,
  arch: ScmpArch,
  notices: string[],
): number {
  const { number } = resolve(name, arch);
  if (number >= 0) return number;
  const by = arch === ArchX86 ? multiplexedBy(number) : undefined;
  if (!by) throw new CallError(`${arch} has no ${name}`);
  const other = new ScmpSyscall(by.number).getNameByArch(ArchX86);
  const direct = directCalls.get(number);
  if (direct === undefined) {
    throw new CallError(
      `${arch} has no ${name} of its own: it is made through ${other}, ` +
        `whose first argument is then ${by.which}; simulate that one`,
    );
  }
  notices.push(
    `${name} of ${arch} can be made through ${other} too, ` +
      `whose first argument is then ${by.which}`,
  );
  return direct;
}

function resolve(name: string, arch: ScmpArch): ScmpSyscall {
  try {
    return getSyscallFromNameByArch(name, arch);
  } catch (error) {
    if (!(error instanceof ScmpError) || error.code !== "ENOENT") throw error;
    const known = knownSyscallNames(arch);
    if (known.length === 0) {
      throw new CallError(`this libseccomp knows no calls of ${arch}`);
    }
    const slip = { word: name, known };
    throw new CallError(`there is no system call "${name}"`, { slip });
  }
}

function parseValue(text: string, arch: ScmpArch): bigint {
  let value: bigint;
  try {
    value = parseArgument(text, constantAbi(arch));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const isWord = /^[A-Za-z_]/.test(error.part);
    const slip = isWord
      ? { word: error.part, known: constantNames() }
      : undefined;
    throw new CallError(error.message, { cause: error, slip });
  }
  if (takesNames(arch)) return value;
  const word = BigInt.asUintN(32, value);
  const isWhole = word === value || BigInt.asIntN(64, value) < 0n &&
      BigInt.asIntN(64, value) >= -(2n ** 31n);
  if (isWhole) return word;
  throw new CallError(`${text} does not fit into the 32 bits of ${arch}`);
}

function asCallError(error: unknown): unknown {
  return error instanceof ArgumentError
    ? new CallError(error.message, { cause: error })
    : error;
}
