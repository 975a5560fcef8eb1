/** How wide text for people is where nothing else is said. */
export const WIDTH = 80;

/** Words: a space in front of one goes with it, and after a `|` begins another. */
const WORDS = / ?[^ |]*\|?/g;

/**
 * Breaks a text at spaces, and after `|`.
 *
 * @param text The text, in one line.
 * @param first What stands in front of the first line.
 * @param indent What stands in front of the others.
 * @param width How many columns there are.
 * @returns Lines of at most that many characters, unless a single word is
 * longer.
 */
export function wrap(
  text: string,
  first: string,
  indent = first,
  width = WIDTH,
): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.match(WORDS) ?? []) {
    if (!isEmpty && line.length + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word.trimStart() : word;
    isEmpty = false;
  }
  return [...lines, line];
}
