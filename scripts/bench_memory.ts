/**
 * What stays in memory while a driver runs: its own, and that of whatever
 * started it and did not go away.
 *
 * @module
 */
import type { Candidate } from "./bench_launch.ts";
import { median, table } from "./bench_table.ts";

/** A process as `/proc/PID/status` has it. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly kibibytes: number;
}

/** What is there while a candidate's driver runs. */
export interface Stay {
  readonly name: string;
  /** Resident memory of the driver, in KiB. */
  readonly driver: number;
  /** The names of the other processes. */
  readonly others: readonly string[];
  /** Resident memory of these, in KiB. */
  readonly rest: number;
}

/**
 * Looks at each candidate's processes while its driver waits, once a round.
 *
 * @param candidates Their driver writes something when it runs, and waits for
 * the end of its input.
 * @param driver The driver's name as a process.
 */
export async function measureStays(
  candidates: readonly Candidate[],
  driver: string,
  rounds: number,
): Promise<Stay[]> {
  const stays: Stay[] = [];
  for (const candidate of candidates) {
    const seen: Stay[] = [];
    for (let round = 0; round < rounds; round++) {
      seen.push(await look(candidate, driver));
    }
    stays.push({
      ...seen[0],
      driver: median(seen.map((one) => one.driver)),
      rest: median(seen.map(({ rest }) => rest)),
    });
  }
  return stays;
}

async function look(
  { name, command, around = [] }: Candidate,
  driver: string,
): Promise<Stay> {
  const [file, ...args] = [...around, ...command];
  const child = new Deno.Command(file, {
    args,
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  const output = child.stdout.getReader();
  const { done } = await output.read();
  const processes = done ? [] : descendants(child.pid);
  await child.stdin.close();
  await output.cancel();
  await child.status;
  const its = processes.find((one) => one.name === driver);
  if (!its) throw new Error(`${name}: the driver did not run`);
  const others = processes.filter((one) => one !== its);
  return {
    name,
    driver: its.kibibytes,
    others: others.map((one) => one.name),
    rest: others.reduce((sum, { kibibytes }) => sum + kibibytes, 0),
  };
}

/** A process, and all that came of it. */
function descendants(pid: number): Process[] {
  const all = readProcesses();
  const found = all.filter((one) => one.pid === pid);
  for (const one of found) {
    found.push(...all.filter(({ parent }) => parent === one.pid));
  }
  return found;
}

/** All processes; Deno itself would need every permission to read `/proc`. */
function readProcesses(): Process[] {
  const read = "cat /proc/[0-9]*/status 2>/dev/null";
  const { stdout } = new Deno.Command("sh", { args: ["-c", read] })
    .outputSync();
  return new TextDecoder().decode(stdout).split(/^(?=Name:)/m).map((status) => {
    const field = (name: string) =>
      new RegExp(`^${name}:\\s*(.*?)(?: kB)?$`, "m").exec(status)?.[1] ?? "";
    return {
      pid: Number(field("Pid")),
      parent: Number(field("PPid")),
      name: field("Name"),
      kibibytes: Number(field("VmRSS")),
    };
  });
}

/** What stays, a row each. */
export function stayTable(stays: readonly Stay[]): string {
  return table(
    ["while the driver runs", "the driver, KiB", "all else, KiB", "processes"],
    stays.map(({ name, driver, others, rest }) => [
      name,
      String(driver),
      String(rest),
      others.join(", ") || "none",
    ]),
  );
}
