/**
 * What was seen, as it is told in a comment. The names of files and arguments
 * are the job's: none may end the line that it stands in.
 *
 * @module
 */

/** The longest text that is told in full, in characters. */
const LONGEST = 100;
/** How many executables are told by name. */
const TOLD = 3;

/** What the path of a program has behind it when its file is gone. */
const DELETED = / \(deleted\)$/;

/** A count as people write it: `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 time`, `1,234 times`; the same for other nouns. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A text without line ends, other control characters and such as look like none. */
export function printable(text: string): string {
  const whole = text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  const characters = [...whole];
  if (characters.length <= LONGEST) return whole;
  return `${characters.slice(0, LONGEST - 1).join("")}…`;
}

/** A command as it is typed into a shell. */
export function commandText(command: readonly string[]): string {
  const words = command.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  );
  return printable(words.join(" "));
}

/**
 * Who made a call, and how often: `1,234 times: cc1, make, sh and 2 others`.
 *
 * @param executables Paths, and how often by each.
 */
export function reason(
  count: number,
  executables: ReadonlyMap<string, number>,
): string {
  const byName = new Map<string, number>();
  for (const [path, times] of executables) {
    const name = baseName(path);
    byName.set(name, (byName.get(name) ?? 0) + times);
  }
  const names = [...byName]
    .sort(([one, times], [other, otherTimes]) =>
      otherTimes - times || (one < other ? -1 : 1)
    ).map(([name]) => printable(name));
  const others = names.length - TOLD;
  const list = names.slice(0, TOLD).join(", ") +
    (others > 0 ? ` and ${plural(others, "other")}` : "");
  return `${plural(count, "time")}: ${list}`;
}

function baseName(path: string): string {
  const name = path.replace(DELETED, "");
  return name.slice(name.lastIndexOf("/") + 1) || name;
}
