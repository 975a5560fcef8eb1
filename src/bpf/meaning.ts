/**
 * What a filter means: what the kernel shall answer to each call, as it was
 * asked for and whatever program is made of it. This is the one place that says
 * so; proof and simulation both rest on it.
 *
 * 1. A call belongs to an ABI, by its architecture and, on x86_64, by the x32
 *    bit of its number. Calls of an ABI that the filter does not cover get the
 *    bad-arch action. The number −1, with which a tracer skips a call, belongs
 *    to whichever of x86_64 and x32 is covered.
 * 2. A rule without conditions decides its call: the first of them, whatever
 *    other rules there are, earlier or later. So does libseccomp (`db_rule_add`
 *    of src/db.c), in all versions. A comparison under a mask of 0 is no
 *    condition.
 * 3. Otherwise a rule matches a call if all of its conditions hold. Of those
 *    that match, the most restrictive action decides, by the precedence that the
 *    kernel gives several filters (seccomp(2)). libseccomp itself is silent
 *    here: which rule wins depends on how its tree came out. Where two actions
 *    are equally restrictive and differ in their data, as two errnos do, either
 *    is right.
 * 4. If none matches, the default action decides.
 *
 * Comparisons are unsigned. On ABIs of 64 bits they are over the whole register,
 * on the others, x32 among them, over the lower 32 bits of argument, mask and
 * value. seccomp_rule_add(3).
 *
 * @module
 */
import { precedence } from "./action.ts";
import type { SeccompData } from "./seccomp_data.ts";

/** How the bits of an argument are compared with a value. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** What must be true of an argument. */
export interface MeantCondition {
  /** 0 to 5. */
  readonly argument: number;
  readonly comparison: Comparison;
  /** The bits that are compared; all of them for comparisons by size. */
  readonly mask: bigint;
  /** What they are compared with; bits outside the mask do not count. */
  readonly value: bigint;
}

/** A rule for one call of one ABI. */
export interface MeantRule {
  /** `SECCOMP_RET_*` with its data. */
  readonly action: number;
  /** All must hold; none: it matches always. Mask 0 does not occur. */
  readonly conditions: readonly MeantCondition[];
  /** Who asked for it. */
  readonly origin: string;
}

/** What is meant for the calls of an ABI. */
export interface AbiMeaning {
  /** libseccomp's name for it. */
  readonly name: string;
  /** `AUDIT_ARCH_*`, as the kernel reports it. */
  readonly architecture: number;
  /** The numbers that belong to it: lowest and highest of each interval. */
  readonly numbers: readonly (readonly [lowest: number, highest: number])[];
  readonly is64Bit: boolean;
  /** By number, as the kernel reports it. */
  readonly rules: ReadonlyMap<number, readonly MeantRule[]>;
}

/** What a filter means. */
export interface Meaning {
  readonly defaultAction: number;
  readonly badArchAction: number;
  /** The ABIs that it covers; no call belongs to two. */
  readonly abis: readonly AbiMeaning[];
}

/** What is to become of a call. */
export interface Answer {
  /** The actions that are right, at least one; more only by point 3. */
  readonly actions: readonly number[];
  /** The rules that decide; none where the default or bad-arch action does. */
  readonly rules: readonly MeantRule[];
  /** What decides. */
  readonly by: "rule" | "default action" | "bad-arch action";
}

/** What a filter means for one call. */
export function answer(meaning: Meaning, data: SeccompData): Answer {
  const abi = abiOf(meaning, data);
  if (!abi) {
    const actions = [meaning.badArchAction];
    return { actions, rules: [], by: "bad-arch action" };
  }
  const rules = abi.rules.get(data.number) ?? [];
  const decisive = rules.find(({ conditions }) => conditions.length === 0);
  const matching = decisive
    ? [decisive]
    : rules.filter(({ conditions }) =>
      conditions.every((condition) => holds(condition, data.args, abi.is64Bit))
    );
  if (matching.length === 0) {
    const actions = [meaning.defaultAction];
    return { actions, rules: [], by: "default action" };
  }
  const least = Math.min(...matching.map(({ action }) => precedence(action)));
  const winners = matching.filter(({ action }) => precedence(action) === least);
  const actions = [...new Set(winners.map(({ action }) => action))];
  return { actions, rules: winners, by: "rule" };
}

/** The ABI that a call belongs to, if it is covered. */
export function abiOf(
  { abis }: Meaning,
  { architecture, number }: SeccompData,
): AbiMeaning | undefined {
  return abis.find((abi) =>
    abi.architecture === architecture &&
    abi.numbers.some(([lowest, highest]) =>
      number >= lowest && number <= highest
    )
  );
}

/** Whether a condition holds for a call's arguments. */
export function holds(
  { argument, comparison, mask, value }: MeantCondition,
  args: readonly bigint[],
  is64Bit: boolean,
): boolean {
  const bits = is64Bit ? mask : BigInt.asUintN(32, mask);
  const found = (args[argument] ?? 0n) & bits;
  const wanted = value & bits;
  switch (comparison) {
    case "==":
      return found === wanted;
    case "!=":
      return found !== wanted;
    case "<":
      return found < wanted;
    case "<=":
      return found <= wanted;
    case ">":
      return found > wanted;
    case ">=":
      return found >= wanted;
  }
}
