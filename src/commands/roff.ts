/**
 * Text for roff, so that it is shown as it is.
 *
 * Source: groff_char(7), man-pages(7).
 *
 * @module
 */

/** In prose, dashes and quotes may be made nice. */
const PROSE: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "…": "...",
  "–": "\\(en",
};

/** What is typed must stay what can be typed. */
const CODE: Readonly<Record<string, string>> = {
  ...PROSE,
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** A sentence or several, in a line of their own. */
export function prose(text: string): string {
  // Flags stay what can be typed in prose too.
  const dashes = text.replaceAll(
    /(?<![\w-])--?(?=\w)/g,
    (dash) => dash.replaceAll("-", "\u0000"),
  );
  return atStart(escape(dashes, PROSE).replaceAll("\u0000", "\\-"));
}

/** What is typed, in a line of its own. */
export function code(text: string): string {
  return atStart(escape(text, CODE));
}

/** What is typed, set off. */
export function bold(text: string): string {
  return `\\fB${escape(text, CODE)}\\fR`;
}

/** An argument of a macro. */
export function quoted(text: string): string {
  return `"${escape(text, CODE).replaceAll('"', "\\(dq")}"`;
}

function escape(
  text: string,
  table: Readonly<Record<string, string>>,
): string {
  return text.replaceAll(/[\\…–\-'`^~]/gu, (each) => table[each] ?? each);
}

/** A line that begins with a dot or a quote would be a request. */
function atStart(text: string): string {
  return /^[.']/.test(text) ? `\\&${text}` : text;
}
