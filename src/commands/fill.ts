import { WIDTH } from "../bpf/wrap.ts";

/**
 * Breaks words after a head into lines.
 *
 * @param head What the first line begins with; it may be empty.
 * @param words What is not broken.
 * @param indent What the further lines begin with.
 * @param width How many columns there are.
 * @returns The lines, at least one. A word that is too wide has its own.
 */
export function fill(
  head: string,
  words: readonly string[],
  indent = "  ",
  width = WIDTH,
): string[] {
  const lines = [head];
  let isBegun = head === "";
  for (const word of words) {
    const line = lines[lines.length - 1];
    const longer = isBegun ? line + word : `${line} ${word}`;
    isBegun = false;
    if (longer.length <= width || line.trim() === "") {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(indent + word);
    }
  }
  return lines;
}
