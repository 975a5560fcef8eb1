/**
 * Has libseccomp make programs of many sets of rules, and does without those
 * that it never comes to an end with.
 *
 * @module
 */
import type { RuleSet } from "./rule_set.ts";
import type { Judged, Made } from "./rule_set_child.ts";

/** What became of a set. */
export interface Outcome {
  readonly set: RuleSet;
  /** `undefined`: libseccomp does not return. */
  readonly made: Made | undefined;
  /** `undefined`: neither does it with a part of the set, or with the set. */
  readonly judged: Judged | undefined;
}

const CHILD = new URL("rule_set_child.ts", import.meta.url).pathname;

/** A set that takes so long is given up, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Has each set made and proven.
 *
 * @returns What became of them, in their order.
 * @throws {Error} If the process that does it fails.
 */
export async function makePrograms(
  sets: readonly RuleSet[],
): Promise<Outcome[]> {
  const made: Made[] = [];
  const judged: Judged[] = [];
  for (let next = 0; next < sets.length; next++) {
    for await (const line of start(sets, next)) {
      next = line.index;
      if ("program" in line) made[line.index] = line;
      else judged[line.index] = line;
    }
    // It is the set behind the last one that was done with, or the one that was
    // made and not proven.
    if (judged[next]) next++;
  }
  return sets.map((set, index) => ({
    set,
    made: made[index],
    judged: judged[index],
  }));
}

/** Has the sets from one on made, until that takes too long. */
async function* start(
  sets: readonly RuleSet[],
  from: number,
): AsyncGenerator<Made | Judged> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--cached-only"],
      ...["--allow-ffi", "--allow-read", "--allow-env", CHILD, `${from}`],
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = sets.slice(from).map((set) => JSON.stringify(set)).join("\n");
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  let isGivenUp = false;
  const giveUp = () => {
    isGivenUp = true;
    child.kill("SIGKILL");
  };
  // It has to start first, together with others perhaps.
  let timer = setTimeout(giveUp, 10 * PATIENCE);
  let rest = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    clearTimeout(timer);
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
    timer = setTimeout(giveUp, PATIENCE);
  }
  clearTimeout(timer);
  const { success } = await child.status;
  if (!success && !isGivenUp) throw new Error("the rules' process failed");
}
