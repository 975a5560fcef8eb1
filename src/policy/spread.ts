import { precedence } from "../bpf/action.ts";
import type { Meaning } from "../bpf/meaning.ts";
import { decode } from "../bpf/program.ts";
import { findCounterexample } from "../bpf/prove.ts";
import { decisive } from "../libseccomp/decisive.ts";
import { conclude, filterOf } from "../libseccomp/host.ts";
import { meaningOf } from "../libseccomp/meaning.ts";
import {
  getSyscallFromName,
  type Journal,
  type JournalRule,
  ScmpError,
} from "../libseccomp/mod.ts";
import { passes } from "./action.ts";

type Program = Uint8Array<ArrayBuffer>;

/**
 * Over how many filters the rules of a call may be spread: every further one is
 * run for every call of the job.
 */
const MOST_FILTERS = 8;

/**
 * Spreads the rules of a filter over several, so that each call's rules are in
 * programs that libseccomp gets right.
 *
 * Of several filters the kernel takes the most restrictive answer, and that is
 * what is meant where several rules of one filter match. So a filter is the same
 * as several that share its rules out, if no rule is less restrictive than what
 * the others say by default.
 *
 * @param journal What the filter was told.
 * @param meaning What that means; the programs together are proven against it.
 * @returns The programs in the order in which they are loaded: all but the last
 * let seccomp(2) pass if the filter's rules for it are no part of the fault.
 * `undefined` if the filter cannot be spread, or that does not help.
 */
export function spread(
  journal: Journal,
  meaning: Meaning,
): readonly Program[] | undefined {
  const mildest = precedence(meaning.defaultAction);
  const isRestricting = journal.rules.every(({ action }) =>
    precedence(action.toNative()) <= mildest
  );
  // Otherwise the first would refuse to have another loaded, too.
  if (!isRestricting || !passes(journal.defaultAction)) return undefined;
  const sharing = share(journal);
  if (!sharing) return undefined;
  // The one with all other rules comes last: it may refuse seccomp(2).
  const programs = sharing.toReversed().map((rules) =>
    programOf({ ...journal, rules })
  );
  return meansTheSame(meaning, programs) ? programs : undefined;
}

/** Whether programs that are loaded together do what is meant. */
export function meansTheSame(
  meaning: Meaning,
  programs: readonly Program[],
): boolean {
  return findCounterexample(meaning, programs.map(decode)) === undefined;
}

/** The rules of each filter; `undefined` if no sharing of them is right. */
function share(journal: Journal): JournalRule[][] | undefined {
  const filters: JournalRule[][] = [[]];
  const byCall = Map.groupBy(
    decisive(journal.rules),
    ({ syscall }) => syscall.number,
  );
  const loading = getSyscallFromName("seccomp").number;
  for (const [number, rules] of byCall) {
    const groups = isRight(journal, rules) ? [rules] : separate(journal, rules);
    // A filter that is loaded before the last one may have no rule for seccomp.
    if (!groups || (number === loading && groups.length > 1)) return undefined;
    groups.forEach((group, index) => {
      (filters[index] ??= []).push(...group);
    });
  }
  return filters;
}

/** Puts each rule of a call with the first others that it goes well with. */
function separate(
  journal: Journal,
  rules: readonly JournalRule[],
): JournalRule[][] | undefined {
  const groups: JournalRule[][] = [];
  for (const rule of rules) {
    const fitting = groups.find((group) => isRight(journal, [...group, rule]));
    if (fitting) fitting.push(rule);
    else if (groups.length === MOST_FILTERS) return undefined;
    else if (isRight(journal, [rule])) groups.push([rule]);
    else return undefined;
  }
  return groups;
}

/** Whether libseccomp makes the right program of some of a filter's rules. */
function isRight(journal: Journal, rules: readonly JournalRule[]): boolean {
  const part = { ...journal, rules };
  try {
    return meansTheSame(meaningOf(part), [programOf(part)]);
  } catch (error) {
    // In other company libseccomp finds contradictions where it found none.
    if (error instanceof ScmpError && error.code === "EEXIST") return false;
    throw error;
  }
}

/** What libseccomp makes of a filter. */
export function programOf(journal: Journal): Program {
  return conclude(filterOf(journal)).program;
}
