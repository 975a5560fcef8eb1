/**
 * Goes along the lanes of `tests/fuzz_lanes.ts`, all at once, for some time.
 *
 * Usage: scripts/fuzz [--minutes N] [--seed S] [--lane NAME [--path PATH]]
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Tally } from "../tests/fuzz_examine.ts";
import { type FuzzFailure, travel } from "../tests/fuzz_lane.ts";
import { type Lane, LANES } from "../tests/fuzz_lanes.ts";
import { describeFailure } from "../tests/fuzz_report.ts";
import { compiled, fromSource } from "../tests/program.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: `${Date.now() & 0x7fff_ffff}` },
    lane: { type: "string" },
    path: { type: "string" },
  },
});
const seed = Number(values.seed);
const time = Number(values.minutes) * 60_000;
const lanes = LANES.filter(({ name }) => (values.lane ?? name) === name);
if (!Number.isSafeInteger(seed) || !(time > 0) || lanes.length === 0) {
  const names = LANES.map(({ name }) => `'${name}'`).join(", ");
  console.error(
    `scripts/fuzz: --minutes above 0, --seed an integer, --lane one of ${names}`,
  );
  Deno.exit(2);
}
if (values.path !== undefined && values.lane === undefined) {
  console.error("scripts/fuzz: --path needs the --lane that it is of");
  Deno.exit(2);
}

const out = new URL("../build/fuzz/", import.meta.url).pathname;
const program = compiled.missing ? fromSource : compiled;
const tallies = new Map<string, Tally>(lanes.map(({ name }) => [name, {}]));
/** How often it is told how far it is, in milliseconds. */
const PAUSE = 30_000;

/** How many cases there were so far. */
function total(): number {
  return [...tallies.values()].reduce((sum, { cases = 0 }) => sum + cases, 0);
}

async function go({ name, ...lane }: Lane): Promise<FuzzFailure | undefined> {
  const failure = await travel({ name, ...lane }, {
    ...{ program, seed, time },
    cases: Number.MAX_SAFE_INTEGER,
    tally: tallies.get(name) ?? {},
    path: values.path,
  });
  if (failure) report(failure);
  return failure;
}

/** Tells of a failure, and leaves its files. */
function report(failure: FuzzFailure): void {
  const text = describeFailure(failure);
  console.log(`\nfuzz: FAILED\n${text}`);
  const folder = `${out}${failure.lane.replaceAll(" ", "-")}-${failure.seed}`;
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/failure.txt`, text);
  for (const [name, content] of Object.entries(failure.fuzzCase.files)) {
    Deno.writeFileSync(`${folder}/${name}`, content);
  }
}

console.log(`fuzz: seed ${seed}, ${program.name}, ${values.minutes} minutes`);
const progress = setInterval(
  () => console.log(`fuzz: ${total()} cases`),
  PAUSE,
);
const failures = (await Promise.all(lanes.map(go))).filter((each) => each);
clearInterval(progress);
for (const [name, tally] of tallies) {
  const counts = Object.entries(tally).map(([what, n]) => `${n} ${what}`);
  console.log(`fuzz: ${name}: ${counts.join(", ")}`);
}
console.log(
  `fuzz: ${total()} cases, ${failures.length} failures, seed ${seed}`,
);
Deno.exit(failures.length > 0 ? 1 : 0);
