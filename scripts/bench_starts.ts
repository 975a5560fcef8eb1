/**
 * Starts candidates in turns, so that what else the machine does falls on all
 * alike.
 *
 * @module
 */
import { type Candidate, type Launch, launchOnce } from "./bench_launch.ts";
import { median, table } from "./bench_table.ts";

/** What a candidate's starts took. */
export interface Start extends Launch {
  readonly name: string;
}

/** What did not run, and what it said. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** The first rounds fill the page cache. */
const UNCOUNTED = 2;

/** Tells those that run here from those that do not, by running each once. */
export function sift(
  candidates: readonly Candidate[],
  scratch: string,
): { running: Candidate[]; missing: Missing[] } {
  const running: Candidate[] = [];
  const missing: Missing[] = [];
  for (const candidate of candidates) {
    try {
      launchOnce(candidate, scratch);
      running.push(candidate);
    } catch (error) {
      const { name } = candidate;
      const message = error instanceof Error ? error.message : String(error);
      missing.push({ name, reason: message.replace(`${name}: `, "") });
    }
  }
  return { running, missing };
}

/**
 * Starts each candidate once a round.
 *
 * @returns Their medians, in the order of the candidates.
 * @throws {Error} If one fails.
 */
export function measureStarts(
  candidates: readonly Candidate[],
  rounds: number,
  scratch: string,
): Start[] {
  const launches = candidates.map((): Launch[] => []);
  for (let round = -UNCOUNTED; round < rounds; round++) {
    candidates.forEach((candidate, index) => {
      const launch = launchOnce(candidate, scratch);
      if (round >= 0) launches[index].push(launch);
    });
  }
  return candidates.map(({ name }, index) => {
    const middle = (key: keyof Launch) =>
      median(launches[index].map((launch) => launch[key]));
    return {
      name,
      milliseconds: middle("milliseconds"),
      processor: middle("processor"),
      mebibytes: middle("mebibytes"),
    };
  });
}

const COLUMNS: readonly (readonly [head: string, key: keyof Launch])[] = [
  ["median, ms", "milliseconds"],
  ["processor, ms", "processor"],
  ["peak memory, MiB", "mebibytes"],
];

/** What starts took, beside one of them. */
export function startTable(starts: readonly Start[], unit: string): string {
  const one = starts.find(({ name }) => name === unit);
  if (!one) throw new Error(`there is no row of ${unit}`);
  return table(
    [
      "start, until the driver has ended",
      ...COLUMNS.flatMap(([head]) => [head, "ratio"]),
    ],
    starts.map((start) => [
      start.name,
      ...COLUMNS.flatMap(([, key]) => [
        start[key].toFixed(1),
        (start[key] / one[key]).toFixed(2),
      ]),
    ]),
  );
}

/** A list of what could not run. */
export function missingList(missing: readonly Missing[]): string {
  return missing.map(({ name, reason }) => `- ${name}: ${reason}`).join("\n");
}
