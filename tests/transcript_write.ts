/**
 * Runs the commands of pages of the documentation, and has the pages show what
 * they print now. What differs from one run to the next stays as it is shown.
 *
 * Usage: scripts/transcripts PAGE...
 *
 * @module
 */
import { commandsOf, readPage, withOutputs } from "./page.ts";
import { settingOf, stepsToFollow } from "./page_settings.ts";
import { compiled } from "./program.ts";
import { play, settle } from "./transcript.ts";

for (const name of Deno.args) {
  const steps = stepsToFollow(name);
  const printed = await play(steps, compiled, settingOf(name));
  let changed = 0;
  const outputs: string[] = [];
  for (const [index, { line, output, codes }] of commandsOf(steps).entries()) {
    if (printed[index] === undefined) {
      throw new Error(`${name}: not run: ${line}`);
    }
    const { output: actual, code } = printed[index];
    if (codes && !codes.includes(code)) {
      throw new Error(`${name}: ${line} ended with ${code}\n${actual}`);
    }
    if (output === undefined) continue;
    const isAsShown = settle(actual) === settle(output);
    outputs.push(isAsShown ? output : ended(actual));
    if (!isAsShown) changed++;
  }
  Deno.writeTextFileSync(name, withOutputs(readPage(name), outputs));
  console.log(`${name}: ${changed} of ${outputs.length} outputs changed`);
}

/** As a block has it: without empty lines at its end. */
function ended(output: string): string {
  const text = output.trimEnd();
  return text === "" ? "" : `${text}\n`;
}
