/**
 * Proves that a program does what a filter means, for every call: every number,
 * every architecture, every value of every argument.
 *
 * A program of libseccomp only compares words of the call, masked or not, with
 * constants. So its calls fall into regions, each the product of one set of
 * values a word, and everywhere in a region it answers the same. A rule splits
 * into tests of words as well. Whether a region has a call that a rule matches,
 * and whether some rules match all of its calls, are then questions about sets
 * of words that are answered exactly; nothing is sampled.
 *
 * Assumed are the kernel's interpretation of classic BPF as `run` has it, and
 * that {@linkcode Meaning} says what is wanted. Not assumed is anything about
 * how libseccomp works.
 *
 * @module
 */
import { precedence } from "./action.ts";
import { Budget } from "./budget.ts";
import { exploreAll, type Verdicts } from "./explore.ts";
import type { Instruction } from "./instruction.ts";
import { type AbiMeaning, type Meaning, type MeantRule } from "./meaning.ts";
import type { Region } from "./region.ts";
import { ARCHITECTURE, NUMBER, type SeccompData } from "./seccomp_data.ts";
import { type Way, type Ways, waysOf } from "./ways.ts";
import { exactly, negate, type Test, WORD } from "./word_set.ts";

/**
 * The steps that a proof may take if nothing else is said; a filter of 400 rules
 * takes some 20,000.
 */
export const PROOF_STEPS = 5_000_000;

/** A call for which a program does not do what is meant. */
export interface Counterexample {
  readonly call: SeccompData;
  /** What the program answers. */
  readonly action: number;
}

/** A rule's conditions, each split into tests of words. */
type SplitRule = readonly Ways[];

/**
 * Looks for a call for which a program, or several that are loaded together, do
 * not do what a filter means.
 *
 * @param meaning What the filter means.
 * @param programs Programs that `decode` has taken, at least one, in the order
 * in which they are loaded.
 * @param steps How many steps it may take: instructions followed, rules looked
 * at, bits tried.
 * @returns A counterexample, or `undefined`: then there is none, which is the
 * proof.
 * @throws {BudgetError} If it cannot be told within so many steps.
 * @throws {UnknownProgramError} If the program computes with what the call
 * brings along, as no program of libseccomp does.
 */
export function findCounterexample(
  meaning: Meaning,
  programs: readonly (readonly Instruction[])[],
  steps: number = PROOF_STEPS,
): Counterexample | undefined {
  const budget = new Budget(steps);
  const proof = new Proof(meaning, budget);
  for (const leaf of exploreAll(programs, budget)) {
    const wrong = proof.findWrong(leaf);
    if (wrong) return { call: wrong.sample(budget), action: leaf.action };
  }
  return undefined;
}

/** Numbers of an architecture's calls that are judged alike. */
interface Territory {
  readonly numbers: Test;
  /** `undefined`: the filter does not cover them. */
  readonly abi: AbiMeaning | undefined;
  /** Those of the ABI that rules are about, in ascending order. */
  readonly ruled: readonly number[];
}

class Proof {
  readonly #meaning: Meaning;
  readonly #budget: Budget;
  readonly #territories: ReadonlyMap<number, readonly Territory[]>;
  readonly #split = new Map<MeantRule, SplitRule>();

  constructor(meaning: Meaning, budget: Budget) {
    this.#meaning = meaning;
    this.#budget = budget;
    this.#territories = territoriesOf(meaning);
  }

  /** Those calls of a leaf, or some of them, that are answered wrongly. */
  findWrong({ region, action }: Verdicts): Region | undefined {
    const isBadArchWrong = action !== this.#meaning.badArchAction;
    let others: Region | undefined = region;
    for (const [architecture, territories] of this.#territories) {
      if (!others) return undefined;
      const token = exactly(architecture);
      const here = others.narrow(ARCHITECTURE, token, this.#budget);
      for (const { numbers, abi, ruled } of here ? territories : []) {
        const part = here?.narrow(NUMBER, numbers, this.#budget);
        if (!part) continue;
        const wrong = abi
          ? this.#findWrongOf(abi, ruled, part, action)
          : isBadArchWrong
          ? part
          : undefined;
        if (wrong) return wrong;
      }
      others = others.narrow(ARCHITECTURE, negate(token), this.#budget);
    }
    return isBadArchWrong ? others : undefined;
  }

  /** The same for calls of one ABI. */
  #findWrongOf(
    { rules, is64Bit }: AbiMeaning,
    ruled: readonly number[],
    region: Region,
    action: number,
  ): Region | undefined {
    let others: Region | undefined = region;
    for (const number of region.word(NUMBER).among(ruled)) {
      this.#budget.spend();
      const forCall = rules.get(number) ?? [];
      const call = region.fix(NUMBER, number);
      const wrong = this.#findWrongOfCall(forCall, is64Bit, call, action);
      if (wrong) return wrong;
      others = others?.narrow(NUMBER, negate(exactly(number)), this.#budget);
    }
    return others && this.#unlessDefault(others, action);
  }

  #unlessDefault(region: Region, action: number): Region | undefined {
    return action === this.#meaning.defaultAction ? undefined : region;
  }

  /** The same for one call of an ABI, which has rules. */
  #findWrongOfCall(
    rules: readonly MeantRule[],
    is64Bit: boolean,
    region: Region,
    action: number,
  ): Region | undefined {
    const decisive = rules.find(({ conditions }) => conditions.length === 0);
    if (decisive) return action === decisive.action ? undefined : region;
    const isDefault = action === this.#meaning.defaultAction;
    const same = rules.filter((rule) => rule.action === action)
      .map((rule) => this.#splitOf(rule, is64Bit));
    for (const rule of rules) {
      if (rule.action === action) continue;
      const isStricter = precedence(rule.action) < precedence(action);
      // Of a milder rule the answer is right where one matches that says so.
      if (!isStricter && !isDefault) continue;
      const others = isStricter ? [] : same;
      const split = this.#splitOf(rule, is64Bit);
      const wrong = this.#matchingOnly(region, split, others);
      if (wrong) return wrong;
    }
    return isDefault ? undefined : this.#uncovered(region, same);
  }

  #splitOf(rule: MeantRule, is64Bit: boolean): SplitRule {
    const known = this.#split.get(rule);
    if (known) return known;
    const split = rule.conditions.map((each) => waysOf(each, is64Bit));
    this.#split.set(rule, split);
    return split;
  }

  /** Some calls of a region that a rule matches and none of others does. */
  #matchingOnly(
    region: Region,
    rule: SplitRule,
    others: readonly SplitRule[],
    from = 0,
  ): Region | undefined {
    this.#budget.spend();
    if (from === rule.length) return this.#unmatched(region, others);
    for (const way of rule[from].holding) {
      const part = this.#along(region, way);
      const found = part && this.#matchingOnly(part, rule, others, from + 1);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * Some calls of a region that no rule matches, found sooner: a rule that
   * matches the whole region leaves none, and one that matches none of it has no
   * say.
   */
  #uncovered(
    region: Region,
    rules: readonly SplitRule[],
  ): Region | undefined {
    const others: SplitRule[] = [];
    for (const rule of rules) {
      this.#budget.spend();
      // Where a condition holds in several ways, none of them is the whole of it.
      const isOneWay = rule.every(({ holding }) => holding.length === 1);
      let part: Region | undefined = region;
      for (const { holding } of isOneWay ? rule : []) {
        part = part && this.#along(part, holding[0]);
      }
      if (isOneWay && part === region) return undefined;
      if (part) others.push(rule);
    }
    return this.#unmatched(region, others);
  }

  /** Some calls of a region that no rule matches; `undefined`: there are none. */
  #unmatched(
    region: Region,
    rules: readonly SplitRule[],
    from = 0,
  ): Region | undefined {
    this.#budget.spend();
    if (from === rules.length) return region;
    // A call is not matched if a first condition fails, or that one holds and a
    // second fails, and so on: these ways have no call in common.
    let holding: Region[] = [region];
    for (const { holding: holds, failing } of rules[from]) {
      const next: Region[] = [];
      for (const part of holding) {
        for (const way of failing) {
          const failed = this.#along(part, way);
          const found = failed && this.#unmatched(failed, rules, from + 1);
          if (found) return found;
        }
        for (const way of holds) {
          const held = this.#along(part, way);
          if (held) next.push(held);
        }
      }
      holding = next;
    }
    return undefined;
  }

  #along(region: Region, way: Way): Region | undefined {
    let part: Region | undefined = region;
    for (const { word, test } of way) {
      part = part?.narrow(word, test, this.#budget);
    }
    return part;
  }
}

/** By architecture, who judges which numbers; together they are all. */
function territoriesOf(
  { abis }: Meaning,
): Map<number, readonly Territory[]> {
  const byArchitecture = Map.groupBy(abis, ({ architecture }) => architecture);
  return new Map(
    byArchitecture.entries().map(([architecture, here]) => {
      const covered = here.flatMap((abi) =>
        abi.numbers.map(([low, high]) => ({ abi, low, high }))
      ).toSorted((one, other) => one.low - other.low);
      const territories: Territory[] = [];
      let next = 0;
      for (const { abi, low, high } of covered) {
        if (low > next) territories.push(territory(next, low - 1));
        territories.push(territory(low, high, abi));
        next = high + 1;
      }
      if (next <= WORD) territories.push(territory(next, WORD));
      return [architecture, territories];
    }),
  );
}

function territory(low: number, high: number, abi?: AbiMeaning): Territory {
  const ruled = abi ? [...abi.rules.keys()] : [];
  return {
    numbers: { mask: WORD, low, high, inside: true },
    abi,
    ruled: ruled.toSorted((one, other) => one - other),
  };
}
