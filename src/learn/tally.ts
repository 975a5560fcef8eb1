import { getArchFromString, type ScmpArch } from "../libseccomp/mod.ts";
import { isKnown } from "./fold.ts";
import type { LearnedCall, LearnedStage, LearnRecord } from "./record.ts";

/** What a stage called, on whatever ABI. */
export interface Tally {
  /** By the name of calls that libseccomp knows. */
  readonly named: ReadonlyMap<string, CallTally>;
  /** The others, which no list can name. */
  readonly unlisted: readonly LearnedCall[];
}

/** One call of that name on all ABIs. */
export interface CallTally {
  readonly count: number;
  /** Paths, and how often by each. */
  readonly executables: ReadonlyMap<string, number>;
  readonly abis: readonly string[];
}

/** Gathers the calls of a stage by name. */
export function tally({ calls }: LearnedStage): Tally {
  const isListed = ({ name }: LearnedCall) =>
    typeof name === "string" && isKnown(name);
  const byName = Map.groupBy(calls.filter(isListed), ({ name }) => `${name}`);
  return {
    named: new Map([...byName].map(([name, same]) => [name, gather(same)])),
    unlisted: calls.filter((call) => !isListed(call)),
  };
}

function gather(calls: readonly LearnedCall[]): CallTally {
  return together(calls.map(({ count, executables, abi }) => ({
    count,
    executables: new Map(Object.entries(executables)),
    abis: [abi],
  })));
}

/** Several tallies in one. */
export function together(tallies: readonly CallTally[]): CallTally {
  const executables = new Map<string, number>();
  for (
    const [path, times] of tallies.flatMap((each) => [...each.executables])
  ) {
    executables.set(path, (executables.get(path) ?? 0) + times);
  }
  return {
    count: tallies.reduce((sum, { count }) => sum + count, 0),
    executables,
    abis: [...new Set(tallies.flatMap(({ abis }) => abis))].sort(),
  };
}

/** The ABIs that a policy of a record has to cover, the machine's own first. */
export function architecturesOf(
  { architecture, stages }: LearnRecord,
): readonly ScmpArch[] {
  const abis = Object.values(stages).flatMap(({ calls }) =>
    calls.map(({ abi }) => abi)
  );
  const names = new Set([architecture, ...abis.toSorted()]);
  return [...names].map(getArchFromString);
}
