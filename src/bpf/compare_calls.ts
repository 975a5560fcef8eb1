import { Budget } from "./budget.ts";
import {
  comparePrograms,
  type Pair,
  type Programs,
  witnessOf,
} from "./compare.ts";
import type { AbiMeaning } from "./meaning.ts";
import type { Region } from "./region.ts";
import { ARCHITECTURE, NUMBER, type SeccompData } from "./seccomp_data.ts";
import { exactly, negate, type Test, WORD } from "./word_set.ts";

/**
 * The steps that a comparison may take; that of two filters of 400 rules on three
 * ABIs takes some 400,000.
 */
export const COMPARISON_STEPS = 20_000_000;

/** An ABI whose calls are told apart. */
export interface ComparedAbi
  extends Pick<AbiMeaning, "name" | "architecture" | "numbers"> {
  /** Those of its calls that are told one by one, by number. */
  readonly named: ReadonlySet<number>;
}

/** Where calls belong. */
interface Place {
  /** The ABI's name; `undefined`: all that are not told apart. */
  readonly abi: string | undefined;
  /** `undefined`: all that are not named. */
  readonly number: number | undefined;
}

/** Something that changes for a call, or for all that are told together. */
export interface CallChange extends Place {
  /** `SECCOMP_RET_*` with its data. */
  readonly before: number;
  readonly after: number;
  /** Whether that is so whatever the arguments, and for all that are told. */
  readonly isWhole: boolean;
  /** One call for which it is so, with as few arguments but 0 as was found. */
  readonly witness: SeccompData;
}

/** What happens to the calls of one place. */
interface Fate {
  readonly place: Place;
  readonly pairs: Pair[];
}

/**
 * Tells by calls what changes between programs.
 *
 * @param before The programs before.
 * @param after Those in their place.
 * @param abis The ABIs to tell apart.
 * @param likely Architectures that witnesses are taken from where others would
 * do as well: `AUDIT_ARCH_*`.
 * @param steps How many steps it may take.
 * @returns The changes, by ABI and number; none: no call at all is answered
 * otherwise.
 * @throws {UnknownProgramError} If a program computes with arguments.
 * @throws {BudgetError} If there are too many ways.
 */
export function compareCalls(
  before: Programs,
  after: Programs,
  { abis, likely = [], steps = COMPARISON_STEPS }: {
    readonly abis: readonly ComparedAbi[];
    readonly likely?: readonly number[];
    readonly steps?: number;
  },
): CallChange[] {
  const budget = new Budget(steps);
  const pairs = [...comparePrograms(before, after, budget)];
  if (pairs.every((pair) => pair.before === pair.after)) return [];
  const sides = { before, after };
  return fatesOf(pairs, abis, budget).flatMap(({ place, pairs }) => {
    const kinds = Map.groupBy(
      pairs,
      (pair) => `${pair.before} ${pair.after}`,
    );
    const isWhole = kinds.size === 1;
    return [...kinds.values()].flatMap((alike) => {
      const [{ before, after }] = alike;
      if (before === after) return [];
      const witness = alike
        .map((pair) => prefer(pair, likely, budget))
        .map((pair) => witnessOf(pair, sides, budget))
        .reduce((best, call) => isSimpler(call, best) ? call : best);
      return [{ ...place, before, after, isWhole, witness }];
    });
  });
}

/** Whether a call has fewer arguments but 0, or else lower numbers. */
function isSimpler(one: SeccompData, other: SeccompData): boolean {
  const [left, right] = [one, other].map(({ number, args }) => [
    args.filter((value) => value !== 0n).length,
    number,
    ...args,
  ]);
  const at = left.findIndex((value, index) => value !== right[index]);
  return at >= 0 && left[at] < right[at];
}

function prefer(pair: Pair, likely: readonly number[], budget: Budget): Pair {
  for (const architecture of likely) {
    const region = pair.region.narrow(
      ARCHITECTURE,
      exactly(architecture),
      budget,
    );
    if (region) return { ...pair, region };
  }
  return pair;
}

/** Stands behind all numbers. */
const UNNAMED = WORD + 1;

/** Sorts pairs by the calls that they are about, in the order of the ABIs. */
function fatesOf(
  pairs: readonly Pair[],
  abis: readonly ComparedAbi[],
  budget: Budget,
): Fate[] {
  const fates = new Map<string, Fate>();
  for (const pair of pairs) {
    for (const [place, region] of split(pair.region, abis, budget)) {
      const key = `${place.abi} ${place.number}`;
      const part = { ...pair, region };
      const known = fates.get(key);
      if (known) known.pairs.push(part);
      else fates.set(key, { place, pairs: [part] });
    }
  }
  const rank = new Map(abis.map(({ name }, index) => [name, index]));
  const abiRank = ({ abi }: Place) =>
    (abi === undefined ? undefined : rank.get(abi)) ?? abis.length;
  return [...fates.values()].sort(({ place: one }, { place: other }) =>
    abiRank(one) - abiRank(other) ||
    (one.number ?? UNNAMED) - (other.number ?? UNNAMED)
  );
}

type Part = readonly [Place, Region];

const ELSEWHERE: Place = { abi: undefined, number: undefined };

function* split(
  region: Region,
  abis: readonly ComparedAbi[],
  budget: Budget,
): Generator<Part> {
  let others: Region | undefined = region;
  const byArchitecture = Map.groupBy(abis, ({ architecture }) => architecture);
  for (const [architecture, sharing] of byArchitecture) {
    const token = exactly(architecture);
    let here = others?.narrow(ARCHITECTURE, token, budget);
    others = others?.narrow(ARCHITECTURE, negate(token), budget);
    for (const abi of sharing) {
      for (const [low, high] of abi.numbers) {
        const numbers: Test = { mask: WORD, low, high, inside: true };
        const part = here?.narrow(NUMBER, numbers, budget);
        if (part) yield* splitNumbers(part, abi, budget);
        here = here?.narrow(NUMBER, negate(numbers), budget);
      }
    }
    if (here) yield [ELSEWHERE, here];
  }
  if (others) yield [ELSEWHERE, others];
}

function* splitNumbers(
  region: Region,
  { name, named }: ComparedAbi,
  budget: Budget,
): Generator<Part> {
  const { only } = region.word(NUMBER);
  if (only !== undefined) {
    const number = named.has(only) ? only : undefined;
    yield [{ abi: name, number }, region];
    return;
  }
  let rest: Region | undefined = region;
  for (const number of named) {
    budget.spend();
    if (!rest?.word(NUMBER).has(number)) continue;
    yield [{ abi: name, number }, rest.fix(NUMBER, number)];
    rest = rest.narrow(NUMBER, negate(exactly(number)), budget);
  }
  if (rest) yield [{ abi: name, number: undefined }, rest];
}
