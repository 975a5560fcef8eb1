import type { Line } from "./disassemble.ts";
import { WIDTH, wrap } from "./wrap.ts";

/** As many jumps are told of at their target; of more, how many there are. */
const LISTED = 6;

/**
 * A program as text: above each target of a jump where that is from and which
 * calls come there; then the instruction's index, code, jt, jf and k in
 * hexadecimal, and what it does.
 *
 * @param width How many columns there are.
 * @returns Lines.
 */
export function renderLines(
  lines: readonly Line[],
  width = WIDTH,
): string[] {
  const digits = `${lines.length - 1}`.length;
  return lines.flatMap((line) => {
    const { at, instruction: { code, jt, jf, k }, text } = line;
    const raw = [[code, 4], [jt, 2], [jf, 2], [k, 8]] as const;
    const front = [
      `${at}`.padStart(digits + 2),
      ...raw.map(([part, width]) => part.toString(16).padStart(width, "0")),
      " ",
    ].join(" ");
    return [
      ...heading(line, width),
      ...wrap(text, front, " ".repeat(front.length + 2), width),
    ];
  });
}

function heading(
  { from, calls, isReached }: Line,
  width: number,
): string[] {
  if (!isReached) return ["never reached"];
  if (from.length === 0) return [];
  const sources = from.length > LISTED
    ? `${from.length} instructions`
    : from.join(", ");
  return wrap(
    `from ${sources}${calls === undefined ? "" : `: ${calls}`}`,
    "",
    " ",
    width,
  );
}
