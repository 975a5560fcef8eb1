/**
 * Measures side by side in one run what a start costs, what a filter costs for
 * as long as it lasts, and what stays in memory.
 *
 * Usage: scripts/bench [--quick] [--chart FILE] [ROUNDS]
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  getLibraryVersion,
  getSyscallFromName,
} from "../src/libseccomp/mod.ts";
import { probeProgram } from "../tests/probe.ts";
import {
  callTable,
  type Cost,
  instructionTable,
  measureCalls,
} from "./bench_calls.ts";
import {
  candidates,
  EMPTY,
  goCandidates,
  type Places,
} from "./bench_candidates.ts";
import { draw } from "./bench_chart.ts";
import { CHECKED, type Kind, makers } from "./bench_filters.ts";
import { measureStays, stayTable } from "./bench_memory.ts";
import { otherCandidates } from "./bench_others.ts";
import { proofTable } from "./bench_proofs.ts";
import {
  measureStarts,
  missingList,
  sift,
  type Start,
  startTable,
} from "./bench_starts.ts";

/** Processes are named by their file, at most 15 characters of it. */
const WAITING = "waiting-driver";
const CHART_KIND: Kind = "allowlist";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scratch: { type: "string", default: "" },
    profile: { type: "string" },
    chart: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const { scratch, profile, quick } = values;
const rounds = Number(positionals[0] ?? (quick ? 3 : 300));
if (!(rounds > 0) || positionals.length > 1) {
  console.error("scripts/bench: rounds are one number above 0");
  Deno.exit(2);
}

const driver = writeProgram("driver", []);
// Tells that it runs, and waits for the end of its input.
const waiting = writeProgram(WAITING, [["getpid"], ["read", 0n, 0n, 1n]]);

const hasGo = exists(`${scratch}/host`);
const places: Places = { scratch, driver, profile };
const optional = (there: Places) => [
  ...hasGo ? goCandidates(there) : [],
  ...otherCandidates(there),
];
const { running, missing } = sift(optional(places), scratch);
if (!hasGo) missing.unshift({ name: "Go host", reason: "it was not built" });

const { major, minor, micro } = getLibraryVersion();
console.log(
  `${readProcessor()}\nLinux ${Deno.osRelease()}, ${Deno.build.arch}, ` +
    `${navigator.hardwareConcurrency} cores\nDeno ${Deno.version.deno}, ` +
    `libseccomp ${major}.${minor}.${micro}, ${rounds} rounds\n`,
);

const starts = measureStarts(
  [...candidates(places), ...running],
  rounds,
  scratch,
);
console.log(`${startTable(starts, EMPTY)}\n`);
if (missing.length > 0) {
  console.log(`These could not run here:\n\n${missingList(missing)}\n`);
}
console.log(`${proofTable(`${scratch}/proof`, Math.ceil(rounds / 5))}\n`);

const remaining = new Set(running.map(({ name }) => name));
const there = { ...places, driver: waiting };
const stays = await measureStays(
  [
    ...candidates(there).filter(({ name }) => name !== EMPTY),
    ...optional(there).filter(({ name }) => remaining.has(name)),
  ],
  WAITING,
  quick ? 1 : 9,
);
console.log(`${stayTable(stays)}\n`);

const extent = quick ? { rounds: 2, counts: [50] } : { rounds: 40 };
const costs = measureCalls(makers(scratch, hasGo), scratch, {
  calls: 20_000,
  ...extent,
});
for (const kind of ["allowlist", "blocklist"] as const) {
  console.log(
    `${callTable(costs, kind)}\n\n${instructionTable(costs, kind)}\n`,
  );
}
if (values.chart !== undefined) {
  Deno.writeTextFileSync(values.chart, chart(starts, costs));
  console.log(`The picture is in ${values.chart}.\n`);
}

function chart(starts: readonly Start[], costs: readonly Cost[]): string {
  const empty = starts.find(({ name }) => name === EMPTY);
  const checked = costs.filter(({ kind, call }) =>
    kind === CHART_KIND && call === CHECKED
  );
  return draw({
    barTitle:
      "Start until the driver has ended, an empty Deno program = 1; blue: jacamar-seccomp",
    bars: starts.map(({ name, milliseconds }) => ({
      name,
      value: milliseconds / (empty?.milliseconds ?? NaN),
      isOurs: name.startsWith("exec,"),
    })),
    lineTitle:
      "Nanoseconds that a filter adds to a call whose arguments it checks",
    across: `calls that the ${CHART_KIND} names`,
    lines: [...Map.groupBy(checked, ({ maker }) => maker)].map((
      [name, costs],
    ) => ({
      name,
      points: costs.map(({ count, nanoseconds }) => [count, nanoseconds]),
    })),
  });
}

/** A program that makes some calls. */
function writeProgram(
  name: string,
  calls: readonly (readonly [name: string, ...args: bigint[]])[],
): string {
  const file = `${scratch}/${name}`;
  const program = probeProgram(calls.map(([name, ...args]) => {
    const { number } = getSyscallFromName(name);
    return { abi: "native", number, args };
  }));
  Deno.writeFileSync(file, program);
  Deno.chmodSync(file, 0o755);
  return file;
}

/** What the machine's processor calls itself. */
function readProcessor(): string {
  const { stdout } = new Deno.Command("lscpu").outputSync();
  const text = new TextDecoder().decode(stdout);
  return /^Model name:\s*(.*)$/m.exec(text)?.[1] ?? "an unknown processor";
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
