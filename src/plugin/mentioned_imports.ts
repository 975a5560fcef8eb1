/**
 * Which modules a text could import: everything in it that reads like an
 * import, also in a comment or in a string. To tell these from code is to tell
 * a division from a regular expression, in all of JavaScript and TypeScript,
 * and one error there hides what follows. Here the only mistake that can be
 * made is to find an import where there is none.
 *
 * An import in a module has the word `import`, or `export` in front of `*` or
 * `{` (ECMA-262, 16.2); neither can be written with escapes. The word is passed
 * over only where no import can be, whatever surrounds it.
 *
 * @module
 */

/** A module that a text names. */
export interface MentionedImport {
  /** What it is named by. */
  readonly specifier: string;
  /** The `type` of its attributes, if they have that and nothing else. */
  readonly type: string | undefined;
}

/** A word of which it cannot be told what it imports. */
export class UnclearImport extends Error {
  override readonly name = "UnclearImport";
  /** Where the word is: how many UTF-16 units are before it. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What ends a line, in JavaScript. */
const LINE_ENDS = ["\n", "\r", "\u2028", "\u2029"];

// None of these can match less, or more, than the whole of what it is: where
// they are put together, nothing is left of one that the next could begin with.
const COMMENT = String.raw`\/\*(?:[^*]|\*(?!\/))*\*\/` +
  String.raw`|\/\/[^\n\r\u2028\u2029]*(?=[\n\r\u2028\u2029]|$)`;
const STRING = String.raw`"[^"\\\n\r]*"|'[^'\\\n\r]*'`;
const BRACES = String.raw`\{(?:[^}"'\/\\]|${STRING}|${COMMENT})*\}`;
/** Blanks and comments, which can stand between any two words. */
const GAP = String.raw`(?:\s|${COMMENT})*`;
/**
 * A part of a word. Others than these are none, so that more is taken for the
 * words that are sought, and not less.
 */
const LETTER = String.raw`[\w$\\]`;

const WORD = /(?<![\w$#])(?:import|export)(?![\w$])/g;
const WHOLE_GAP = sticky(GAP);
const META = sticky(String.raw`\.${GAP}meta(?!${LETTER})`);
const CALL = sticky(String.raw`\(${GAP}(${STRING})${GAP}[,)]`);
/** The rest of an import or export, from what is taken to the attributes. */
const STATEMENT = sticky(
  String.raw`(?:(?:[^"'\`\/\\;=(){}]|${BRACES}|${COMMENT})*?` +
    String.raw`(?<!${LETTER})from${GAP})?(${STRING})` +
    String.raw`(?:\s*with\s*\{\s*type\s*:\s*["'](\w+)["']\s*\})?`,
);
/** Exported names of the module itself: behind them is no `from`. */
const LOCAL_NAMES = sticky(
  String.raw`${BRACES}${GAP}(?![\w$]*\\|from(?!${LETTER}))(?:[!-.:-~\d]|$)`,
);
/** In TypeScript, what is taken so is gone before anything is imported. */
const TYPES = sticky(
  String
    .raw`type(?:\s*[{*]|\s+(?!from(?!${LETTER}))[a-zA-Z_$][\w$]*(?!${LETTER}))`,
);
const DECLARATION = /[a-zA-Z_$]/y;
/** What follows neither word where it imports. */
const NEVER_NEXT = /[!%&),:;<=>?\]^|}~+-]|$/y;
/** What can follow `import` only where a statement begins. */
const NEXT_IN_STATEMENT = /[\w$"'{*]/y;
/**
 * What is in front of the word, on its line, only within a statement. Another
 * begins after a semicolon, a line break, a bracket or a comment that ends.
 */
const WITHIN_STATEMENT = /[\w$!"#%&'(*+,.:<=>?@[\]^`{|~\\-]/;
/**
 * A comment, or else the inside of a text that began on another line: nothing
 * here can end such a text, or begin code in it.
 */
const IN_COMMENT = /^\s*\/\/[^"'`$*\\]*$/;
/** With what a decorator begins. */
const AT = /@/g;
/** A member of this name, and no `...`. */
const IS_MEMBER = /(?<!\.)\.$/;

/**
 * Finds the modules that a module's text could import.
 *
 * @param text A module of JavaScript or TypeScript.
 * @param isTypeScript Whether it is TypeScript: there, `import type` imports
 * nothing.
 * @throws {UnclearImport} If something could be an import and cannot be read.
 */
export function* mentionedImports(
  text: string,
  isTypeScript: boolean,
): Generator<MentionedImport> {
  // Deno drops a decorator in front of an import, whatever its expression is.
  const mayBeDecorated = text.matchAll(AT).some(({ index }) =>
    beginsStatement(lineBefore(text, index))
  );
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const before = lineBefore(text, index);
    if (IN_COMMENT.test(before) || IS_MEMBER.test(before)) continue;
    const at = endOf(WHOLE_GAP, text, index + word.length);
    const isWithin = !mayBeDecorated && !beginsStatement(before);
    const isNone = endOf(NEVER_NEXT, text, at) >= 0 ||
      (word === "import"
        ? importsNothing(text, at, { isWithin, isTypeScript })
        : exportsOwn(text, at, isWithin));
    if (isNone) continue;
    const isCall = word === "import" && text[at] === "(";
    const found = match(isCall ? CALL : STATEMENT, text, at);
    if (!found) throw new UnclearImport(advice(word, isCall), index);
    yield { specifier: found[1].slice(1, -1), type: found[2] };
  }
}

function importsNothing(
  text: string,
  at: number,
  { isWithin, isTypeScript }: { isWithin: boolean; isTypeScript: boolean },
): boolean {
  return endOf(META, text, at) >= 0 ||
    isWithin && endOf(NEXT_IN_STATEMENT, text, at) >= 0 ||
    isTypeScript && endOf(TYPES, text, at) >= 0;
}

function exportsOwn(text: string, at: number, isWithin: boolean): boolean {
  return isWithin || endOf(DECLARATION, text, at) >= 0 ||
    endOf(LOCAL_NAMES, text, at) >= 0;
}

function advice(word: string, isCall: boolean): string {
  return isCall
    ? "import() must name its module by a plain text, so that it can be checked before"
    : `it cannot be told what this ${word}s; write it as ${word} … from "./FILE", ` +
      "and what is no such thing without this word";
}

function sticky(pattern: string): RegExp {
  return new RegExp(pattern, "y");
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where what is at a place ends; -1 if it is not there. */
function endOf(pattern: RegExp, text: string, at: number): number {
  const found = match(pattern, text, at);
  return found ? at + found[0].length : -1;
}

/** Whether a statement can begin behind a part of a line. */
function beginsStatement(before: string): boolean {
  if (IN_COMMENT.test(before)) return false;
  return !WITHIN_STATEMENT.test(before.trimEnd().at(-1) ?? "");
}

/** What is on the same line before a place. */
function lineBefore(text: string, index: number): string {
  const ends = LINE_ENDS.map((end) => text.lastIndexOf(end, index - 1));
  return text.slice(Math.max(...ends) + 1, index);
}
