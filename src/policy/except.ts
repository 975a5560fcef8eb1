import {
  CompareMaskedEqual,
  makeCondition,
  type ScmpCondition,
} from "../libseccomp/mod.ts";

const WORD = 0xffff_ffff;
const TOP_BIT = 31;

/**
 * Conditions of which exactly one holds for every 32-bit argument that is none
 * of some values.
 *
 * A rule of libseccomp can compare an argument only once, so "neither A nor B"
 * cannot be one rule, and "less than" looks at the whole register where the
 * kernel looks at its lower half. Masks can say it: the values form a binary
 * tree by their bits, and for each fork at which the tree goes only one way the
 * other way is one condition, "the bits so far, then this bit the other way".
 *
 * @param argument The index of the argument, 0 to 5.
 * @param values The values to leave out, unsigned 32-bit integers, at least
 * one.
 * @returns At most 32 conditions a value, each for a rule of its own.
 *
 * @example
 * ```ts
 * const TIOCSTI = 0x5412;
 * for (const condition of anyWordExcept(1, [TIOCSTI])) {
 *   filter.addRuleConditional(getSyscallFromName("ioctl"), ActAllow, [condition]);
 * }
 * ```
 */
export function anyWordExcept(
  argument: number,
  values: readonly number[],
): ScmpCondition[] {
  const conditions: ScmpCondition[] = [];
  const walk = (bit: number, prefix: number, rest: readonly number[]) => {
    const bitValue = 2 ** bit;
    // All bits from this one up.
    const mask = WORD - (bitValue - 1);
    for (const side of [0, bitValue]) {
      const path = prefix + side;
      const below = rest.filter((value) =>
        (Math.floor(value / bitValue) % 2 === 1) === side > 0
      );
      if (below.length === 0) {
        conditions.push(
          makeCondition(argument, CompareMaskedEqual, mask, path),
        );
      } else if (bit > 0) {
        walk(bit - 1, path, below);
      }
    }
  };
  walk(TOP_BIT, 0, values);
  return conditions;
}
