/**
 * Launches by the thousand, and what they leave behind.
 *
 * @module
 */
import assert from "node:assert/strict";

/** One process from its start to its end. */
export interface Launch {
  /** As wait(2) has it: 0 if it ended with exit code 0. */
  readonly status: number;
  /** The peak of its resident memory, its driver's included, in KiB. */
  readonly memory: number;
  /** Processor time in microseconds. */
  readonly time: number;
}

/** What came of many. */
export interface Launches {
  readonly all: readonly Launch[];
  /** From the first start to the last end, in seconds. */
  readonly seconds: number;
  /** How many processes were still there when the launches had ended. */
  readonly orphans: number;
  /** What all of them wrote, to standard output and error. */
  readonly output: string;
}

/** How many to launch, and where. */
export interface LaunchOptions {
  readonly launches: number;
  readonly parallel: number;
  /** A folder for what is written; `tmp` in it is their TMPDIR. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const RUNNER = new URL("launches.pl", import.meta.url).pathname;

/** Runs a command very often, many at a time. */
export async function launchMany(
  command: readonly string[],
  { launches, parallel, folder, env }: LaunchOptions,
): Promise<Launches> {
  const file = `${folder}/output`;
  Deno.writeTextFileSync(file, "");
  Deno.mkdirSync(`${folder}/tmp`, { recursive: true });
  const { success, stdout } = await new Deno.Command("perl", {
    args: [RUNNER, `${launches}`, `${parallel}`, file, ...command],
    clearEnv: true,
    env: { ...env, TMPDIR: `${folder}/tmp` },
    ...{ stdout: "piped", stderr: "inherit" },
  }).output();
  if (!success) throw new Error(`${RUNNER} failed`);
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n")
    .map((line) => line.split(" ").map(Number));
  const [seconds, orphans] = lines.pop() ?? [];
  return {
    all: lines.map(([status, memory, time]) => ({ status, memory, time })),
    ...{ seconds, orphans },
    output: Deno.readTextFileSync(file),
  };
}

/** A driver that tells which descriptors it has, and that without a launch. */
const TELL_DESCRIPTORS: readonly string[] = ["/bin/ls", "/proc/self/fd"];

/** What could be left where all processes can put something. */
function shared(): string[] {
  // Deno itself would need every permission to look at some of these.
  const list = "ls -d /dev/shm/* /tmp/* /var/tmp/* 2>/dev/null; " +
    "sed 's/^ *[0-9]* */shared memory /; 1d' /proc/sysvipc/shm";
  const { stdout } = new Deno.Command("sh", { args: ["-c", list] })
    .outputSync();
  // Others work in /tmp too; this is what Deno's runtime would leave there.
  return new TextDecoder().decode(stdout).trimEnd().split("\n")
    .filter((name) =>
      !/^(?:\/var)?\/tmp\//.test(name) || /deno|v8/i.test(name)
    );
}

/**
 * Launches {@link TELL_DESCRIPTORS}, and asserts that it always ran, with the
 * descriptors that it has without a launch, and that nothing is left.
 *
 * @param command What is put in front of it.
 */
export async function launchClean(
  command: readonly string[],
  options: LaunchOptions,
): Promise<void> {
  const before = shared();
  const bare = await launchMany(TELL_DESCRIPTORS, { ...options, launches: 1 });
  const { launches, folder } = options;
  const { all, orphans, output } = await launchMany(
    [...command, ...TELL_DESCRIPTORS],
    options,
  );
  assert.deepEqual(all.filter(({ status }) => status !== 0), [], output);
  assert.equal(all.length, launches);
  assert.equal(output, bare.output.repeat(launches));
  assert.equal(orphans, 0, "processes are left");
  assert.deepEqual([...Deno.readDirSync(`${folder}/tmp`)], []);
  assert.deepEqual(shared().filter((name) => !before.includes(name)), []);
}
