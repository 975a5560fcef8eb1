import { ScmpError } from "./error.ts";

/**
 * How an argument is compared. All comparisons are unsigned and over all 64
 * bits of the register.
 */
export type ComparisonName =
  | "NotEqual"
  | "Less"
  | "LessOrEqual"
  | "Equal"
  | "GreaterEqual"
  | "Greater"
  | "MaskedEqual";

/** Makes one of the constants below; nobody else can. */
let define: (comparison: ComparisonName, native: number) => ScmpCompareOp;

/** Who has it may call the constructor, which is private in TypeScript only. */
const KEY = Symbol();

/** A comparison, with its `enum scmp_compare` value. */
export class ScmpCompareOp {
  static {
    define = (comparison, native) => new ScmpCompareOp(KEY, comparison, native);
  }

  readonly comparison: ComparisonName;
  /** The value of `enum scmp_compare` in seccomp.h. */
  readonly native: number;

  readonly #brand = true;

  private constructor(
    key: symbol,
    comparison: ComparisonName,
    native: number,
  ) {
    if (key !== KEY) {
      throw new ScmpError(
        "EINVAL",
        "the comparisons are the Compare… constants",
      );
    }
    this.comparison = comparison;
    this.native = native;
    Object.freeze(this);
  }

  /** Whether a value is one that this class made, and not just like it. */
  static is(value: unknown): value is ScmpCompareOp {
    return typeof value === "object" && value !== null && #brand in value;
  }

  /** The comparison's name, as `CompareEqual`. */
  toString(): string {
    return `Compare${this.comparison}`;
  }
}

/** The argument is not the value. */
export const CompareNotEqual: ScmpCompareOp = define(
  "NotEqual",
  1,
);
/** The argument is less than the value. */
export const CompareLess: ScmpCompareOp = define("Less", 2);
/** The argument is at most the value. */
export const CompareLessOrEqual: ScmpCompareOp = define(
  "LessOrEqual",
  3,
);
/** The argument is the value. */
export const CompareEqual: ScmpCompareOp = define("Equal", 4);
/** The argument is at least the value. */
export const CompareGreaterEqual: ScmpCompareOp = define(
  "GreaterEqual",
  5,
);
/** The argument is greater than the value. */
export const CompareGreater: ScmpCompareOp = define("Greater", 6);
/** The argument, masked with the first value, is the second. */
export const CompareMaskedEqual: ScmpCompareOp = define(
  "MaskedEqual",
  7,
);

/**
 * One condition of a rule: (argument index, comparison, value). Made by
 * {@linkcode makeCondition}.
 */
export interface ScmpCondition {
  /** The argument's index, 0 to 5. */
  readonly argument: number;
  readonly op: ScmpCompareOp;
  /** What is compared with, or the mask of `CompareMaskedEqual`; 0 to 2⁶⁴−1. */
  readonly operandOne: bigint;
  /** The value of `CompareMaskedEqual`, 0 elsewhere; 0 to 2⁶⁴−1. */
  readonly operandTwo: bigint;
}

const MAX_ARGUMENT = 5;
const MAX_OPERAND = 0xffff_ffff_ffff_ffffn;

/**
 * Makes one condition of a conditional rule.
 *
 * The kernel looks at only the low 32 bits of an argument that a system call
 * declares as `int` or `unsigned int`, but a comparison here is over the whole
 * register, whose upper half the caller controls. Compare such an argument with
 * `makeCondition(index, CompareMaskedEqual, 0xffffffff, value)`, never with
 * `CompareEqual`.
 *
 * @param argument The index of the argument, 0 to 5.
 * @param comparison How to compare it.
 * @param values One value; or with `CompareMaskedEqual` two, the mask and what
 * the masked argument must be. Integers from 0 to 2⁶⁴−1; above 2⁵³−1 as a
 * bigint.
 * @returns The condition, to be handed to `addRuleConditional`.
 * @throws {ScmpError} `EINVAL` for an index, a comparison, a number of values
 * or a value out of range.
 *
 * Source: seccomp_rule_add(3); `MakeCondition` of libseccomp-golang.
 *
 * @example
 * ```ts
 * import { CompareMaskedEqual, makeCondition } from "jacamar-seccomp";
 * const TIOCSTI = 0x5412;
 * makeCondition(1, CompareMaskedEqual, 0xffffffff, TIOCSTI);
 * ```
 */
export function makeCondition(
  argument: number,
  comparison: ScmpCompareOp,
  ...values: readonly (number | bigint)[]
): ScmpCondition {
  if (!Number.isInteger(argument) || argument < 0 || argument > MAX_ARGUMENT) {
    throw new ScmpError(
      "EINVAL",
      `a system call has the arguments 0 to ${MAX_ARGUMENT}, not ${argument}`,
    );
  }
  if (!ScmpCompareOp.is(comparison)) {
    throw new ScmpError(
      "EINVAL",
      "the comparison must be one of the Compare… constants",
    );
  }
  const wanted = comparison === CompareMaskedEqual ? 2 : 1;
  if (values.length !== wanted) {
    const which = wanted === 2
      ? "two values, the mask and the masked value"
      : "one value";
    throw new ScmpError(
      "EINVAL",
      `${comparison} takes ${which}, not ${values.length}`,
    );
  }
  return Object.freeze({
    argument,
    op: comparison,
    operandOne: operand(values[0]),
    operandTwo: operand(values[1] ?? 0n),
  });
}

function operand(value: number | bigint): bigint {
  const exact = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!exact || value < 0 || value > MAX_OPERAND) {
    throw new ScmpError(
      "EINVAL",
      `a value to compare with is an integer from 0 to 2^64-1, not ${value}: ` +
        "write a negative int as its 32 bits under a mask, and a number above 2^53-1 as a bigint",
    );
  }
  return BigInt(value);
}
