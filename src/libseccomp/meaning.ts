import type {
  AbiMeaning,
  Comparison,
  Meaning,
  MeantCondition,
  MeantRule,
} from "../bpf/meaning.ts";
import { X32_BIT } from "../bpf/seccomp_data.ts";
import {
  ArchAMD64,
  ArchMIPS,
  ArchMIPSEL,
  ArchPPC,
  ArchPPC64,
  ArchPPC64LE,
  ArchS390,
  ArchS390X,
  ArchX32,
  ArchX86,
  getNativeArch,
  type ScmpArch,
} from "./arch.ts";
import type { ComparisonName, ScmpCondition } from "./condition.ts";
import { decisive, looks } from "./decisive.ts";
import { ScmpError } from "./error.ts";
import type { Journal, JournalRule } from "./journal.ts";
import { directCalls, multiplexedBy } from "./multiplexed.ts";
import { getSyscallFromNameByArch } from "./syscall.ts";

/** The number that a tracer gives a call that it skips, as an unsigned one. */
const SKIPPED = 0xffff_ffff;
const HIGHEST = 0xffff_ffff;

const COMPARISONS: Readonly<Record<ComparisonName, Comparison>> = {
  NotEqual: "!=",
  Less: "<",
  LessOrEqual: "<=",
  Equal: "==",
  GreaterEqual: ">=",
  Greater: ">",
  MaskedEqual: "==",
};
const ALL_BITS = 0xffff_ffff_ffff_ffffn;

/**
 * Where some calls are made through socketcall(2) or ipc(2), in a way that only
 * libseccomp's source tells; the kernels of x86_64 and aarch64 report none of
 * them.
 */
const UNKNOWN: readonly ScmpArch[] = [
  ArchMIPS,
  ArchMIPSEL,
  ArchPPC,
  ArchPPC64,
  ArchPPC64LE,
  ArchS390,
  ArchS390X,
];

/**
 * What a filter means, by what it was told: numbers in place of names, for each
 * of its architectures.
 *
 * Rules go to other architectures by name. On x86 a rule for a call that can be
 * made through socketcall(2) or ipc(2) becomes two: one for the call itself, and
 * one for the other, whose first argument says which call it is; a condition on
 * the call's own first argument is lost there, and those on further arguments
 * are about further arguments of the other (src/syscalls.c, `abi_rule_add`).
 * Of the first argument of ipc(2) the lower half counts, as for the kernel.
 *
 * @param journal What the filter was told.
 * @throws {ScmpError} `EOPNOTSUPP` if it covers an architecture whose calls
 * libseccomp translates in a way that is not known here.
 */
export function meaningOf(journal: Journal): Meaning {
  const { architectures } = journal;
  // By the call that was asked for, before it becomes one of another's cases.
  const rules = decisive(journal.rules);
  return {
    defaultAction: journal.defaultAction.toNative(),
    badArchAction: journal.badArchAction.toNative(),
    abis: architectures.map((arch) =>
      abiMeaning(arch, architectures, translate(rules, arch))
    ),
  };
}

/**
 * What rules mean for the calls of one ABI.
 *
 * @param arch The ABI.
 * @param architectures All that are covered.
 * @param rules The rules by number, as the kernel reports it.
 */
export function abiMeaning(
  arch: ScmpArch,
  architectures: readonly ScmpArch[],
  rules: AbiMeaning["rules"],
): AbiMeaning {
  return {
    name: arch.name,
    architecture: arch === ArchX32 ? ArchAMD64.token : arch.token,
    numbers: numbersOf(arch, architectures),
    is64Bit: arch.is64Bit,
    rules,
  };
}

function numbersOf(
  arch: ScmpArch,
  architectures: readonly ScmpArch[],
): AbiMeaning["numbers"] {
  if (arch === ArchAMD64) return [[0, X32_BIT - 1], [SKIPPED, SKIPPED]];
  if (arch !== ArchX32) return [[0, HIGHEST]];
  const highest = architectures.includes(ArchAMD64) ? SKIPPED - 1 : SKIPPED;
  return [[X32_BIT, highest]];
}

function translate(
  rules: readonly JournalRule[],
  arch: ScmpArch,
): Map<number, readonly MeantRule[]> {
  if (UNKNOWN.includes(arch)) {
    throw new ScmpError(
      "EOPNOTSUPP",
      `nothing can be proven of a filter that covers ${arch}`,
    );
  }
  const byNumber = new Map<number, MeantRule[]>();
  const add = (number: number, rule: MeantRule) => {
    const others = byNumber.get(number);
    if (others) others.push(rule);
    else byNumber.set(number, [rule]);
  };
  for (const rule of rules) {
    if (!rule.architectures.includes(arch)) continue;
    const meant: MeantRule = {
      action: rule.action.toNative(),
      conditions: rule.conditions.filter((one) => looks(one, arch))
        .map(meantBy),
      origin: rule.origin,
    };
    const number = numberOf(rule, arch);
    if (number >= 0) {
      add(number, meant);
    } else if (arch === ArchX86) {
      addMultiplexed(number, meant, add);
    }
    // Any other negative number is of a call that the architecture lacks.
  }
  return byNumber;
}

function numberOf({ syscall }: JournalRule, arch: ScmpArch): number {
  return arch === getNativeArch()
    ? syscall.number
    : getSyscallFromNameByArch(syscall.getName(), arch).number;
}

function addMultiplexed(
  pseudo: number,
  rule: MeantRule,
  add: (number: number, rule: MeantRule) => void,
): void {
  const by = multiplexedBy(pseudo);
  if (!by) return;
  const which: MeantCondition = {
    argument: 0,
    comparison: "==",
    mask: BigInt(by.mask),
    value: BigInt(by.which),
  };
  const others = rule.conditions.filter(({ argument }) => argument !== 0);
  add(by.number, { ...rule, conditions: [which, ...others] });
  const direct = directCalls.get(pseudo);
  if (direct !== undefined) add(direct, rule);
}

/** A condition as it is proven; mask and value are whole on 32-bit ABIs too. */
export function meantBy(
  { argument, op, operandOne, operandTwo }: ScmpCondition,
): MeantCondition {
  const { comparison } = op;
  const isMasked = comparison === "MaskedEqual";
  return {
    argument,
    comparison: COMPARISONS[comparison],
    mask: isMasked ? operandOne : ALL_BITS,
    value: isMasked ? operandTwo : operandOne,
  };
}
