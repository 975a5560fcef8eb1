/**
 * Says what programs do as a policy: by ABI and by call, exactly. Every call is
 * told of, and what is said of it is what the kernel does.
 *
 * @module
 */
import { classesOf, describeWords, sizeOf } from "./_word_classes.ts";
import { type CallRow, explainCalls, keyOf } from "./_explain_calls.ts";
import { Budget } from "./budget.ts";
import { exploreAll, type Verdicts } from "./explore.ts";
import type { Instruction } from "./instruction.ts";
import type { NamedAbi, Naming } from "./naming.ts";
import type { Region } from "./region.ts";
import { ARCHITECTURE, WORDS } from "./seccomp_data.ts";
import { WORD, WordSet } from "./word_set.ts";

/** The steps that an explanation may take if nothing else is said. */
export const EXPLANATION_STEPS = 10_000_000;

/** What is said of the calls of some architectures. */
export interface Section {
  /**
   * Whose calls they are: an ABI with a name, or architectures without one; more
   * than one only where all calls are treated alike.
   */
  readonly of: readonly Origin[];
  /** By call, what is done with all others last. */
  readonly rows: readonly CallRow[];
}

/** Whose calls a section is about. */
export interface Origin {
  /** Its name; `undefined` for all architectures that are not named. */
  readonly name: string | undefined;
  readonly architectures: readonly WordSet[];
  /** The numbers that are its calls. */
  readonly numbers: NamedAbi["numbers"];
  /** Whether arguments are 64 bits wide. */
  readonly is64Bit: boolean;
}

/**
 * Says what a program does, or several that are loaded together.
 *
 * @param programs Programs that `decode` has taken, at least one, in the order
 * in which they are loaded.
 * @param naming Where names come from.
 * @param steps How many steps it may take.
 * @returns Sections; no call belongs to two, and every call to one.
 * @throws {UnknownProgramError} If a program computes with what the call brings
 * along, beyond masking it.
 * @throws {BudgetError} If that is too long to say.
 */
export function explain(
  programs: readonly (readonly Instruction[])[],
  naming: Naming,
  steps: number = EXPLANATION_STEPS,
): Section[] {
  const budget = new Budget(steps);
  const verdicts: Verdicts[] = [];
  for (const each of exploreAll(programs, budget)) {
    // All are kept: they may be as large as they are many.
    budget.spend(boundsOf(each.region));
    verdicts.push(each);
  }
  const { classes } = classesOf([
    ...verdicts.map(({ region }) => region.word(ARCHITECTURE)),
    ...naming.expected.map((architecture) => WordSet.of(architecture)),
  ], budget);
  const answers = (sample: number) => {
    budget.spend(verdicts.length);
    return verdicts
      .filter(({ region }) => region.word(ARCHITECTURE).has(sample));
  };
  const named: Section[] = [];
  const others: Unnamed[] = [];
  for (const { set, sample } of classes) {
    const abis = set.only === undefined
      ? []
      : naming.abis.filter(({ architecture }) => architecture === set.only);
    const here = answers(sample);
    for (const abi of abis) {
      const rows = explainCalls(here, { naming, abi, budget });
      named.push({ of: [{ ...abi, architectures: [set] }], rows });
    }
    if (abis.length > 0) continue;
    const rows = explainCalls(here, { naming, abi: undefined, budget });
    others.push({ set, rows });
  }
  const isExpected = ({ of: [{ architectures }] }: Section) =>
    naming.expected.some((one) => architectures[0].has(one));
  return merge([
    ...named.filter(isExpected),
    ...named.filter((section) => !isExpected(section)),
    ...unnamed(others),
  ]);
}

/** How many bounds and tests a region is made of. */
function boundsOf(region: Region): number {
  let bounds = 0;
  for (let index = 0; index < WORDS; index++) {
    const { intervals, tests } = region.word(index);
    bounds += intervals.length + tests.length;
  }
  return bounds;
}

/** What is done with the calls of architectures that have no name. */
interface Unnamed {
  readonly set: WordSet;
  readonly rows: readonly CallRow[];
}

/** Those of which the same is said together; what holds for most of them last. */
function unnamed(others: readonly Unnamed[]): Section[] {
  const groups = [...Map.groupBy(others, ({ rows }) => keyOf(rows)).values()]
    .map((group) => ({
      rows: group[0].rows,
      sets: group.map(({ set }) => set),
    }))
    .sort((one, other) => sizeOf(one.sets) - sizeOf(other.sets));
  return groups.map(({ sets, rows }, index): Section => {
    const name = index === groups.length - 1
      ? undefined
      : `[${sets.map(describeArchitectures).join(", ")}]`;
    const numbers = [[0, WORD]] as const;
    const origin = { name, architectures: sets, numbers, is64Bit: true };
    return { of: [origin], rows };
  });
}

/** Puts sections together that say of every call the same. */
function merge(sections: readonly Section[]): Section[] {
  const groups = Map.groupBy(
    sections,
    ({ rows }, index) =>
      rows.length === 1 ? keyOf(rows[0].decision) : `${index}`,
  );
  return [...groups.values()].map((group) => ({
    of: group.flatMap((section) => section.of),
    rows: group[0].rows,
  }));
}

function describeArchitectures(set: WordSet): string {
  return describeWords(set, "architecture", (word) => `0x${word.toString(16)}`);
}
