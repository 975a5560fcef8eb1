import { type ConstantAbi, describeConstant } from "./constants.ts";
import type { MeantCondition } from "./meaning.ts";

/** Where a condition stands. */
export interface Place {
  /** libseccomp's name of the call. */
  readonly syscall: string;
  /** Whose constants are named. */
  readonly abi: ConstantAbi;
  readonly is64Bit: boolean;
}

/** What is said of a condition that looks at no bit. */
export const ALWAYS = "always";

const ALL_BITS = 0xffff_ffff_ffff_ffffn;
const LOW_BITS = 0xffff_ffffn;

/**
 * A condition as people write it, with constants by name where they are known:
 * `arg1 & 0xffffffff == TIOCSTI`; {@linkcode ALWAYS} where it looks at no bit.
 */
export function describeCondition(
  { argument, comparison, mask, value }: MeantCondition,
  { syscall, abi, is64Bit }: Place,
): string {
  const all = is64Bit ? ALL_BITS : LOW_BITS;
  const bits = mask & all;
  if (bits === 0n) return ALWAYS;
  const wanted = value & bits;
  const name = (number: bigint) =>
    describeConstant(syscall, argument, number, abi);
  const isWhole = bits === all || bits === LOW_BITS;
  // What is compared with a part of the bits may be no value by itself.
  const right = (isWhole || wanted !== 0n) && isOfOne(comparison)
    ? name(wanted) ?? hex(wanted)
    : hex(wanted);
  const left = bits === all
    ? `arg${argument}`
    : `arg${argument} & ${maskText(isWhole ? undefined : name(bits), bits)}`;
  return `${left} ${comparison} ${right}`;
}

/** Of values that are compared by size, a name would tell nothing. */
function isOfOne(comparison: MeantCondition["comparison"]): boolean {
  return comparison === "==" || comparison === "!=";
}

function maskText(name: string | undefined, bits: bigint): string {
  if (name === undefined) return hex(bits);
  return name.includes("|") ? `(${name})` : name;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
