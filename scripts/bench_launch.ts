/**
 * One launch at a time, timed and measured by a process that is so small that
 * its own start and memory do not count.
 *
 * @module
 */

/** Something that is started, and ends when its driver has ended. */
export interface Candidate {
  readonly name: string;
  readonly command: readonly string[];
  /** Put in front of what starts the command, and not measured. */
  readonly around?: readonly string[];
}

/** What one launch took. */
export interface Launch {
  /** From its start until its driver has ended. */
  readonly milliseconds: number;
  /** Processor time of all its threads, in milliseconds. */
  readonly processor: number;
  /** The peak of its resident memory, its driver's included. */
  readonly mebibytes: number;
}

const RUNNER = new URL("../tests/launches.pl", import.meta.url).pathname;

/**
 * Launches a candidate once.
 *
 * @throws {Error} If it did not end with exit code 0; the message is the first
 * line that it wrote.
 */
export function launchOnce(
  { name, command, around = [] }: Candidate,
  scratch: string,
): Launch {
  const output = `${scratch}/output`;
  Deno.writeTextFileSync(output, "");
  const [file, ...args] = [
    ...[...around, "perl", RUNNER, "1", "1", output],
    ...command,
  ];
  const { success, stdout, stderr } = new Deno.Command(file, {
    args,
    stdin: "null",
  }).outputSync();
  const said = success ? Deno.readTextFileSync(output) : decode(stderr);
  const [launch, all] = decode(stdout).split("\n");
  const [status, kibibytes, microseconds] = launch.split(" ").map(Number);
  if (!success || status !== 0) {
    const reason = said.trim().split("\n")[0] || `wait status ${status}`;
    throw new Error(`${name}: ${reason}`);
  }
  return {
    milliseconds: Number(all.split(" ")[0]) * 1000,
    processor: microseconds / 1000,
    mebibytes: kibibytes / 1024,
  };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
