/**
 * Times what recording costs a job for each of its system calls, by `learn` and
 * by strace, in turns on the same job. What starting costs is taken off: it is
 * the difference between a long job and a short one.
 *
 * Usage: bench_learn.ts SCRATCH [ROUNDS]
 *
 * @module
 */
import { median, table } from "./bench_table.ts";

const [scratch, rounds = "10"] = Deno.args;
const ours = new URL("../build/jacamar-seccomp", import.meta.url).pathname;

/** How many times a job reads and writes one byte. */
const SHORT = 1_000;
const LONG = 11_000;
/** read(2) and write(2). */
const CALLS = 2 * (LONG - SHORT);

const job = (count: number) => [
  ...["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "status=none"],
  `count=${count}`,
];

const recorders: readonly { name: string; command: readonly string[] }[] = [
  { name: "nothing", command: [] },
  {
    name: "learn",
    command: [ours, "learn", "--merge", "--output", `${scratch}/p.json`, "--"],
  },
  { name: "strace -f -c", command: strace() },
  { name: "strace -f -c --seccomp-bpf", command: strace("--seccomp-bpf") },
];

function strace(...flags: readonly string[]): string[] {
  return ["strace", "-f", "-c", ...flags, "-o", "/dev/null"];
}

function time(command: readonly string[]): number {
  const [file, ...args] = command;
  const start = performance.now();
  const { success } = new Deno.Command(file, { args, stdin: "null" })
    .outputSync();
  if (!success) throw new Error(`${command.join(" ")} failed`);
  return performance.now() - start;
}

/** Microseconds a call, of each round. */
const costs = recorders.map((): number[] => []);
for (let round = -1; round < Number(rounds); round++) {
  recorders.forEach(({ command }, index) => {
    const difference = time([...command, ...job(LONG)]) -
      time([...command, ...job(SHORT)]);
    if (round >= 0) costs[index].push(difference * 1000 / CALLS);
  });
}

const medians = costs.map(median);
console.log(table(
  ["a job's call, recorded by", "median, µs", "ratio to learn"],
  recorders.map(({ name }, index) => [
    name,
    medians[index].toFixed(1),
    (medians[index] / medians[1]).toFixed(2),
  ]),
));
