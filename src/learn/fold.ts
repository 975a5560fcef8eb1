import {
  getSyscallFromName,
  type ScmpArch,
  ScmpError,
} from "../libseccomp/mod.ts";
import { expandGroup, groups } from "../policy/call_groups.ts";
import { existsOn } from "../policy/offered.ts";

/** What stands in a list for some calls. */
export interface Entry {
  /** A call's name, or a group's with its `@`. */
  readonly name: string;
  /** The calls that it opens; sorted. */
  readonly calls: readonly string[];
}

/** A group of one call says less than the call's name. */
const FEWEST = 2;

/**
 * Names calls with as few entries as open nothing else: a group stands for its
 * calls if all of them are there that the architectures have. The largest group
 * comes first, then the single calls by name; no call is in two entries.
 *
 * A group with a call that this libseccomp does not know is not used: a newer
 * one would open it.
 *
 * @param calls Names of calls that libseccomp knows.
 * @param architectures All that a filter of the list covers.
 * @returns The entries; their calls are all calls, each once.
 */
export function fold(
  calls: Iterable<string>,
  architectures: readonly ScmpArch[],
): readonly Entry[] {
  const left = new Set(calls);
  const entries: Entry[] = [];
  for (const entry of groupsOn(architectures)) {
    if (!entry.calls.every((call) => left.has(call))) continue;
    entries.push(entry);
    for (const call of entry.calls) left.delete(call);
  }
  return [
    ...entries,
    ...[...left].sort().map((name) => ({ name, calls: [name] })),
  ];
}

/** The groups of which all calls are known, the largest first. */
function groupsOn(architectures: readonly ScmpArch[]): Entry[] {
  return [...groups.keys()].flatMap((name) => {
    const members = expandGroup(name) ?? [];
    if (!members.every(isKnown)) return [];
    const calls = members.filter((call) => isOnOneOf(call, architectures));
    return calls.length < FEWEST ? [] : [{ name, calls }];
  }).sort((one, other) => other.calls.length - one.calls.length);
}

/** Whether one of some architectures has a call that libseccomp knows. */
export function isOnOneOf(
  call: string,
  architectures: readonly ScmpArch[],
): boolean {
  return architectures.some((arch) => existsOn(call, arch));
}

/** Whether this libseccomp knows a call of that name. */
export function isKnown(call: string): boolean {
  try {
    getSyscallFromName(call);
    return true;
  } catch (error) {
    if (error instanceof ScmpError && error.code === "ENOENT") return false;
    throw error;
  }
}
