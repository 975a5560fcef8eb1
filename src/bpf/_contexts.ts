import type { Budget } from "./budget.ts";
import { abiOfCall, type NamedAbi, type Naming } from "./naming.ts";
import { ARCHITECTURE, NUMBER, X32_BIT } from "./seccomp_data.ts";
import { type Test, WORD, WordSet } from "./word_set.ts";

/** Calls that can come to an instruction, as far as their first two words tell. */
export interface Context {
  readonly architecture: WordSet;
  readonly number: WordSet;
}

/** With more than this, it is no longer told which calls they are. */
const MOST_CONTEXTS = 16;

/** All bits but the one that tells calls of x32 from those of x86_64. */
export const BUT_X32 = ~X32_BIT >>> 0;

const ANY: Context = { architecture: WordSet.all, number: WordSet.all };

/** Any call. */
export const ANY_CALL: readonly Context[] = [ANY];

/** A call of an ABI, by name. */
export interface KnownCall {
  readonly abi: NamedAbi;
  readonly name: string;
}

/**
 * The calls of which a word passes a test.
 *
 * @returns None if no call does.
 * @throws {BudgetError} If that is too hard to tell.
 */
export function narrowContexts(
  contexts: readonly Context[],
  word: number,
  test: Test,
  budget: Budget,
): readonly Context[] {
  if (word !== ARCHITECTURE && word !== NUMBER) return contexts;
  const key = word === NUMBER ? "number" : "architecture";
  const tests = spell(test);
  return contexts.flatMap((context) =>
    tests.flatMap((each) => {
      const words = context[key].narrow(each, budget);
      return words ? [{ ...context, [key]: words }] : [];
    })
  );
}

/** Of a number that is compared but for its x32 bit, there are two. */
function spell(test: Test): readonly Test[] {
  const { mask, low, high, inside } = test;
  if (mask !== BUT_X32 || low !== high || !inside) return [test];
  return [low, (low | X32_BIT) >>> 0].map((number) => ({
    mask: WORD,
    low: number,
    high: number,
    inside,
  }));
}

/** The calls of both. */
export function joinContexts(
  one: readonly Context[],
  other: readonly Context[],
): readonly Context[] {
  const added = other.filter((each) =>
    !one.some((known) => isSame(known, each))
  );
  const all = [...one, ...added];
  return all.length > MOST_CONTEXTS ? ANY_CALL : all;
}

function isSame(one: Context, other: Context): boolean {
  const parts = [
    [one.number, other.number],
    [one.architecture, other.architecture],
  ] as const;
  return parts.every(([left, right]) =>
    `${left.intervals}` === `${right.intervals}` &&
    JSON.stringify(left.tests) === JSON.stringify(right.tests)
  );
}

/** The calls if all of them are known by name; otherwise none. */
export function knownCalls(
  contexts: readonly Context[],
  naming: Naming,
): readonly KnownCall[] {
  const calls: KnownCall[] = [];
  for (const { architecture, number } of contexts) {
    if (architecture.only === undefined || number.only === undefined) return [];
    const abi = abiOfCall(naming, architecture.only, number.only);
    const name = abi && naming.call(abi, number.only);
    if (!abi || name === undefined) return [];
    calls.push({ abi, name });
  }
  return calls;
}

/**
 * What a number can be the name of, by ABI: of those whose calls come here.
 *
 * @returns Without the ABIs that have no call of the number.
 */
export function callsOfNumber(
  contexts: readonly Context[],
  number: number,
  naming: Naming,
): readonly KnownCall[] {
  const abis = new Set(contexts.flatMap(({ architecture }) => {
    const abi = architecture.only !== undefined &&
      abiOfCall(naming, architecture.only, number);
    return abi ? [abi] : [];
  }));
  return [...abis].flatMap((abi) => {
    const name = naming.call(abi, number);
    return name === undefined ? [] : [{ abi, name }];
  });
}
