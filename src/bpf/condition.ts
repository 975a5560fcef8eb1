import { type ConstantAbi, describeConstant } from "./constants.ts";
import type { SeccompData } from "./seccomp_data.ts";

/** What a condition looks at: an argument, 0 to 5, or where the call was made. */
export type Subject = number | "instruction_pointer";

/** What must be true of a call. */
export interface Condition {
  readonly subject: Subject;
  /** The bits that are compared. */
  readonly mask: bigint;
  readonly comparison: "==" | "!=" | "<" | "<=" | ">" | ">=";
  /**
   * What they are compared with, unsigned: one value; for `==` also several, one
   * of which it must be, and for `!=` several, none of which it may be.
   */
  readonly values: readonly bigint[];
  /** The mask's name, where it has one for the call. */
  readonly maskName?: string;
  /** The values' names, where they have some. */
  readonly names?: readonly (string | undefined)[];
}

const ALL_BITS = 0xffff_ffff_ffff_ffffn;
const LOW_BITS = 0xffff_ffffn;

/** Whether a condition holds for a call. */
export function isTrue(condition: Condition, call: SeccompData): boolean {
  const { subject, mask, comparison, values } = condition;
  const whole = subject === "instruction_pointer"
    ? call.instructionPointer
    : call.args[subject];
  const bits = (whole ?? 0n) & mask;
  switch (comparison) {
    case "==":
      return values.includes(bits);
    case "!=":
      return !values.includes(bits);
    case "<":
      return bits < values[0];
    case "<=":
      return bits <= values[0];
    case ">":
      return bits > values[0];
    case ">=":
      return bits >= values[0];
  }
}

/** A condition with the names that its numbers have for a call. */
export function nameCondition(
  condition: Condition,
  syscall: string,
  abi: ConstantAbi,
): Condition {
  const { subject, mask, comparison, values } = condition;
  if (subject === "instruction_pointer") return condition;
  // Of what is compared by size, a name would tell nothing.
  if (comparison !== "==" && comparison !== "!=") return condition;
  const isWhole = mask === ALL_BITS || mask === LOW_BITS;
  const name = (value: bigint) =>
    describeConstant(syscall, subject, value, abi);
  const names = values.map((value) =>
    isWhole || value !== 0n ? name(value) : undefined
  );
  const maskName = isWhole ? undefined : name(mask);
  return {
    ...condition,
    ...(maskName !== undefined && { maskName }),
    ...(names.some((each) => each !== undefined) && { names }),
  };
}

/**
 * A condition as people write it: `arg1 & 0xffffffff == TIOCSTI`.
 *
 * @param condition The condition.
 * @param is64Bit Whether the upper half of an argument can be other than 0.
 */
export function formatCondition(
  { subject, mask, maskName, comparison, values, names = [] }: Condition,
  is64Bit: boolean,
): string {
  const left = typeof subject === "number" ? `arg${subject}` : subject;
  const isAll = mask === ALL_BITS || !is64Bit && mask === LOW_BITS;
  const masked = isAll ? left : `${left} & ${formatMask(mask, maskName)}`;
  const texts = values.map((value, index) => names[index] ?? hex(value));
  if (texts.length === 1) return `${masked} ${comparison} ${texts[0]}`;
  const among = comparison === "==" ? "in" : "not in";
  return `${masked} ${among} {${texts.join(", ")}}`;
}

function formatMask(mask: bigint, name: string | undefined): string {
  if (name === undefined) return hex(mask);
  return name.includes("|") ? `(${name})` : name;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
