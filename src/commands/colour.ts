import { environmentVariable } from "../libc/environment.ts";

/**
 * Whether the terminal says that it can only write. Read now: once plugins have
 * run, the permission is gone.
 */
const IS_DUMB = environmentVariable("TERM") === "dumb";

/** Where text may go. */
export type Output = Pick<typeof Deno.stdout, "isTerminal">;

/** Ways to set text off for people who read it on a terminal. */
export interface Palette {
  readonly bold: (text: string) => string;
  /** What refuses or is gone. */
  readonly red: (text: string) => string;
  /** What lets pass or is new. */
  readonly green: (text: string) => string;
  /** What lets pass, but not unheeded. */
  readonly yellow: (text: string) => string;
  /** What may be skipped when reading. */
  readonly dim: (text: string) => string;
}

/**
 * The palette of an output: plain where that is no terminal or a dumb one, or
 * where `NO_COLOR` is set.
 *
 * @param output Where the text goes.
 *
 * Source: https://no-color.org; `Deno.noColor` reads the variable without a
 * permission.
 */
export function palette(output: Output = Deno.stdout): Palette {
  const isPlain = Deno.noColor || IS_DUMB || !output.isTerminal();
  const style = (on: number, off: number) => (text: string) =>
    isPlain || text === "" ? text : `\x1b[${on}m${text}\x1b[${off}m`;
  return {
    bold: style(1, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    dim: style(2, 22),
  };
}
