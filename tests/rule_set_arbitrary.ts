/**
 * Generates sets of rules, and calls that can show what was made of them.
 *
 * @module
 */
import fc from "fast-check";
import {
  ArchAMD64,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
} from "../src/libseccomp/mod.ts";
import type { ProbeAbi, ProbeCall } from "./probe.ts";
import { parseCondition, type RuleSet, type SetRule } from "./rule_set.ts";

/** They take no argument and change nothing, so they may get any. */
const CALLS = ["getuid", "geteuid", "getgid"] as const;
/** One that no rule is about. */
const UNMENTIONED = "getegid";
/**
 * On x86 these are made through ipc(2) and socketcall(2). With the arguments
 * that are asked about they fail.
 */
const MULTIPLEXED = ["semop", "accept", "send"] as const;

/** Errnos that no call fails with, so that it is the filter's answer. */
const ERRNOS = ["Errno(1001)", "Errno(1002)"];
const ACTIONS = [
  ...ERRNOS,
  ...["KillProcess", "KillThread", "Trap", "Trace(3)", "Log", "Allow"],
];

const ALL_BITS = 0xffff_ffff_ffff_ffffn;
const VALUES = [
  ...[0n, 1n, 2n, 3n, 5n, 6n, 0x5412n, 0x7fff_ffffn, 0x8000_0000n],
  ...[0xffff_fffen, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0001n],
  ...[0x5_0000_0005n, 0x7fff_ffff_ffff_ffffn, ALL_BITS - 1n, ALL_BITS],
];
/** Some that are no prefix of a word, and some of one half only. */
const MASKS = [
  ...[0n, 1n, 6n, 0xffn, 0x7e02_0000n, 0xffff_ffffn, 0x1_0000_0001n],
  ...[0xffff_ffff_0000_0000n, 0xff00_ff00_ff00_ff00n, ALL_BITS - 1n, ALL_BITS],
];

const hex = (value: bigint) => `0x${value.toString(16)}`;
const value = fc.constantFrom(...VALUES);

function condition(argument: number): fc.Arbitrary<string> {
  const comparison = fc.constantFrom("!=", "<", "<=", "==", ">=", ">");
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(comparison, value) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...MASKS), value) },
  ).map(([how, than]) =>
    typeof how === "string"
      ? `arg${argument} ${how} ${hex(than)}`
      : `arg${argument} & ${hex(how)} == ${hex(than)}`
  );
}

/** Of one rule: each about an argument of its own. */
const conditions: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<number[]>([]) },
  {
    weight: 9,
    arbitrary: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 3 }),
  },
).chain((about) => fc.tuple(...about.map(condition)));

function rules(
  calls: readonly string[],
  actions: readonly string[],
): fc.Arbitrary<SetRule[]> {
  const rule = fc.record({
    call: fc.constantFrom(...calls),
    action: fc.constantFrom(...actions),
    when: conditions,
  });
  return fc.array(rule, { minLength: 1, maxLength: 8 });
}

/** Sets of any actions; half of them have one action in all their rules. */
export const ruleSets: fc.Arbitrary<RuleSet> = fc.record({
  default: fc.constantFrom(...ACTIONS),
  only: fc.option(fc.constantFrom(...ACTIONS, "Notify"), { freq: 1 }),
  architectures: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.subarray<"x86" | "x32">(["x86", "x32"], { minLength: 1 }),
    },
  ),
  isMultiplexed: fc.nat(5).map((one) => one === 5),
  badArch: fc.constantFrom("KillThread", "KillProcess", "Errno(1002)"),
  optimize: fc.constantFrom(1, 2),
}).chain(({ only, isMultiplexed, ...rest }) =>
  rules(
    isMultiplexed ? MULTIPLEXED : CALLS,
    only === null ? ACTIONS : [only],
  ).map((rules): RuleSet => ({ ...rest, rules }))
);

const ARCHES = { native: ArchAMD64, x86: ArchX86, x32: ArchX32 } as const;
const X32_BIT = 0x4000_0000;

/** How a call is made on an ABI, with what the first argument must be then. */
function numberOf(
  name: string,
  abi: ProbeAbi,
): { readonly number: number; readonly which?: bigint } {
  const { number } = getSyscallFromNameByArch(name, ARCHES[abi]);
  if (number >= 0) return { number };
  // There is no send(2) beside sendto(2).
  if (abi !== "x86") return numberOf(UNMENTIONED, abi);
  // src/syscalls.c of libseccomp: socketcall(2) and ipc(2).
  return number > -200
    ? { number: 102, which: BigInt(-100 - number) }
    : { number: 117, which: BigInt(-200 - number) };
}

/**
 * Calls that a set may tell apart: its values and their neighbours, in both
 * halves of the registers, on every ABI that this machine has.
 *
 * @param abis The ABIs, each as often as calls shall be made on it.
 */
export function callsFor(
  { rules }: RuleSet,
  abis: readonly ProbeAbi[],
): fc.Arbitrary<ProbeCall> {
  const mentioned = rules.map(({ call }) => call);
  return fc.record({
    name: fc.constantFrom(...mentioned, ...mentioned, UNMENTIONED),
    abi: fc.constantFrom(...abis),
    args: fc.tuple(
      ...[0, 1, 2].map((argument) => valuesAbout(argument, rules)),
    ),
  }).map(({ name, abi, args }) => {
    const { number, which } = numberOf(name, abi);
    return {
      abi,
      number: abi === "x32" ? (number & ~X32_BIT) >>> 0 : number,
      args: which === undefined ? args : [which, ...args.slice(1)],
    };
  });
}

function valuesAbout(
  argument: number,
  rules: readonly SetRule[],
): fc.Arbitrary<bigint> {
  const mentioned = rules.flatMap(({ when = [] }) => when.map(parseCondition))
    .filter((each) => each.argument === argument)
    .flatMap(({ operandOne, operandTwo, op }) =>
      op.comparison === "MaskedEqual"
        ? [operandOne, operandTwo, operandOne & operandTwo, ~operandOne]
        : [operandOne]
    );
  const near = mentioned.flatMap((each) => [
    ...[each, each, each - 1n, each + 1n, each ^ 1n << 32n],
  ]);
  return fc.constantFrom(0n, ALL_BITS, ...near).map((each) =>
    BigInt.asUintN(64, each)
  );
}
