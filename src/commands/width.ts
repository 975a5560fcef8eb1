import { WIDTH } from "../bpf/wrap.ts";
import type { Output } from "./colour.ts";

/** Text is not made narrower than this, however narrow the terminal is. */
const NARROWEST = 40;

/**
 * How many columns there are for what goes to an output: those of the terminal;
 * where it is none, or does not know, 80.
 *
 * @param output Where the text goes.
 * @returns A number from 40.
 */
export function outputWidth(output: Output = Deno.stdout): number {
  if (!output.isTerminal()) return WIDTH;
  try {
    const { columns } = Deno.consoleSize();
    return columns === 0 ? WIDTH : Math.max(NARROWEST, columns);
  } catch {
    // Not every terminal can be asked for its size.
    return WIDTH;
  }
}
