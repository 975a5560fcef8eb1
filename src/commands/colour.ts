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
 * The palette of standard output: plain where that is no terminal, or where
 * `NO_COLOR` is set.
 *
 * Source: https://no-color.org; `Deno.noColor` reads the variable without a
 * permission.
 */
export function palette(): Palette {
  const isPlain = Deno.noColor || !Deno.stdout.isTerminal();
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
