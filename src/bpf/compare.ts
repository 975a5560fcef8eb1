/**
 * Compares programs by what they do: for which calls the kernel would do
 * something else if some were loaded in place of others. Nothing is sampled; a
 * region of calls that takes one way through the first is followed through the
 * others, until every part of it takes one way there too.
 *
 * @module
 */
import { ALLOW } from "./action.ts";
import type { Budget } from "./budget.ts";
import { exploreAll, type Verdicts } from "./explore.ts";
import type { Instruction } from "./instruction.ts";
import { Region } from "./region.ts";
import { runAll } from "./run.ts";
import type { SeccompData } from "./seccomp_data.ts";

/**
 * Programs that `decode` has taken, in the order in which they are loaded; none:
 * every call is allowed.
 */
export type Programs = readonly (readonly Instruction[])[];

/** Calls that are answered alike before, and alike after. */
export interface Pair {
  readonly region: Region;
  /** What the kernel does with them before: `SECCOMP_RET_*` with its data. */
  readonly before: number;
  /** What it does after. */
  readonly after: number;
}

/**
 * What becomes of every call before and after.
 *
 * @param before The programs before.
 * @param after Those in their place.
 * @param budget How many steps it may take.
 * @returns Regions that have no call in common and together are all calls; in
 * those that differ, `before` is not `after`.
 * @throws {UnknownProgramError} If a program computes with arguments.
 * @throws {BudgetError} If there are too many ways.
 */
export function* comparePrograms(
  before: Programs,
  after: Programs,
  budget: Budget,
): Generator<Pair> {
  for (const old of walk(before, budget, Region.all)) {
    for (const { region, action } of walk(after, budget, old.region)) {
      yield { region, before: old.action, after: action };
    }
  }
}

function* walk(
  programs: Programs,
  budget: Budget,
  within: Region,
): Generator<Verdicts> {
  if (programs.length > 0) yield* exploreAll(programs, budget, within);
  else yield { region: within, action: ALLOW };
}

/**
 * One call of a pair, with as low arguments as there are, on which both sides
 * have been run.
 *
 * @throws {Error} If they do something else there than the pair says, which
 * would be a fault of the comparison.
 */
export function witnessOf(
  { region, before, after }: Pair,
  sides: { readonly before: Programs; readonly after: Programs },
  budget: Budget,
): SeccompData {
  const call = region.sample(budget);
  const isRight = answerOf(sides.before, call) === before &&
    answerOf(sides.after, call) === after;
  if (isRight) return call;
  throw new Error("two programs do not differ where they were found to");
}

function answerOf(programs: Programs, call: SeccompData): number {
  return programs.length > 0 ? runAll(programs, call) : ALLOW;
}
