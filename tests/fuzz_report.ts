import type { FuzzFailure } from "./fuzz_lane.ts";

/** How much of a file or an argument is shown. */
const MOST = 3000;

/** A failure for people: how to have it again, what is wrong, and with what. */
export function describeFailure(failure: FuzzFailure): string {
  const { lane, seed, path, error, fuzzCase: { files, exec, command } } =
    failure;
  const args = command ?? (exec ? ["exec", ...exec.args] : undefined);
  return [
    `lane: ${lane}`,
    `again: scripts/fuzz --seed ${seed} --lane '${lane}' --path ${path}`,
    `error: ${error}`,
    ...args ? [`arguments: ${shorten(JSON.stringify(args))}`] : [],
    ...Object.entries(files).map(([name, content]) =>
      `--- ${name}\n${shorten(new TextDecoder().decode(content))}`
    ),
    "",
  ].join("\n");
}

function shorten(text: string): string {
  return text.length <= MOST
    ? text
    : `${text.slice(0, MOST)}… (${text.length} characters)`;
}
