/**
 * What a filter adds to each call of a job, all that it lasts.
 *
 * @module
 */
import { decode } from "../src/bpf/program.ts";
import { run } from "../src/bpf/run.ts";
import { getNativeArch, getSyscallFromName } from "../src/libseccomp/mod.ts";
import {
  CHECKED,
  type Kind,
  listed,
  type Maker,
  mostListed,
  PASSING,
  REFUSED,
} from "./bench_filters.ts";
import { type Call, loopProgram, runLoop } from "./bench_loop.ts";
import { table } from "./bench_table.ts";

/** What a program costs in one place of the table. */
export interface Cost {
  readonly kind: Kind;
  readonly maker: string;
  /** What is called. */
  readonly call: string;
  /** How many calls the list names. */
  readonly count: number;
  /** Nanoseconds a call, over the same call without a filter. */
  readonly nanoseconds: number;
  /** How many instructions the program runs for it. */
  readonly run: number;
  /** How many instructions it has. */
  readonly instructions: number;
}

const ALL_BITS = 2n ** 64n - 1n;
/** TCGETS of ioctl_tty(2), of a descriptor that there is not. */
const CALLS: readonly Call[] = [
  { name: PASSING },
  { name: CHECKED, args: [ALL_BITS, 0x5401n] },
  { name: REFUSED },
];

const KINDS: readonly Kind[] = ["allowlist", "blocklist"];

/** How long the lists are, but for the longest that there can be. */
const COUNTS = [1, 10, 50, 100, 200];

/** How much is measured. */
export interface Extent {
  readonly rounds: number;
  /** Calls in one run of a loop. */
  readonly calls: number;
  readonly counts?: readonly number[];
}

/** A loop, ready to run. */
interface Loop extends Omit<Cost, "nanoseconds"> {
  readonly file: string;
}

/**
 * Measures all makers' programs of all lists, in turns, and keeps the least time
 * of each: what disturbs a loop only ever makes it longer.
 *
 * @throws {Error} If a loop does not come to its end.
 */
export function measureCalls(
  makers: readonly Maker[],
  scratch: string,
  { rounds, calls, counts = COUNTS }: Extent,
): Cost[] {
  const write = (name: string, filter: Uint8Array, call: Call) => {
    const file = `${scratch}/${name}`;
    Deno.writeFileSync(file, loopProgram(filter, call, calls));
    Deno.chmodSync(file, 0o755);
    return file;
  };
  const bare = new Map(CALLS.map((call) => [
    call.name,
    write(`loop-bare-${call.name}`, new Uint8Array(), call),
  ]));
  const loops: Loop[] = [];
  for (const kind of KINDS) {
    for (const count of [...counts, mostListed(kind)]) {
      const names = listed(kind, count);
      if (!names) continue;
      for (const { name: maker, make } of makers) {
        const filter = make(kind, names);
        for (const call of CALLS) {
          const file = write(`loop-${loops.length}`, filter, call);
          const instructions = filter.length / 8;
          const place = { kind, maker, call: call.name, count };
          const run = countRun(filter, call);
          loops.push({ ...place, run, instructions, file });
        }
      }
    }
  }
  const least = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const file of [...bare.values(), ...loops.map(({ file }) => file)]) {
      least.set(file, Math.min(runLoop(file), least.get(file) ?? Infinity));
    }
  }
  const time = (file: string | undefined) =>
    (file === undefined ? NaN : least.get(file) ?? NaN) / calls;
  return loops.map(({ file, ...loop }) => ({
    ...loop,
    nanoseconds: time(file) - time(bare.get(loop.call)),
  }));
}

const WHAT: Readonly<Record<string, string>> = {
  [PASSING]: "let through",
  [CHECKED]: "arguments checked",
  [REFUSED]: "refused",
};

/** The costs of one kind of list: a row for each call and maker. */
export function callTable(costs: readonly Cost[], kind: Kind): string {
  return callRows(
    costs,
    kind,
    "ns a call",
    ({ nanoseconds }) => `${Math.round(nanoseconds)}`,
  );
}

function callRows(
  costs: readonly Cost[],
  kind: Kind,
  what: string,
  format: (cost: Cost) => string,
): string {
  const own = costs.filter((cost) => cost.kind === kind);
  const counts = [...new Set(own.map(({ count }) => count))];
  const rows = Map.groupBy(
    CALLS.flatMap(({ name }) => own.filter(({ call }) => call === name)),
    ({ call, maker }) => `${WHAT[call]}: ${maker}`,
  );
  return table(
    [`${what}, ${kind} of`, ...counts.map(String)],
    [...rows].map(([name, row]) => [name, ...row.map(format)]),
  );
}

/** How many instructions are run for a call, of those that the program has. */
export function instructionTable(costs: readonly Cost[], kind: Kind): string {
  return callRows(
    costs,
    kind,
    "instructions run, of all",
    ({ run, instructions }) => `${run} of ${instructions}`,
  );
}

function countRun(filter: Uint8Array, { name, args = [] }: Call): number {
  const { number } = getSyscallFromName(name);
  const architecture = getNativeArch().token;
  return run(decode(filter), { number, architecture, args }).path.length;
}
