/**
 * Reads a page of the documentation: its blocks, and what it has its reader do.
 *
 * A block of `console` has command lines behind `$ `, each with what it prints.
 * A block of `sh` has command lines that succeed, or end as a comment behind
 * them says: `# exit code 0 or 1`. A block whose first line is a comment with a
 * file's name is a file to write.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);

/** A fenced block. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The file that it is, if the page says so. */
  readonly path?: string;
}

/** A command line, and what the page says of it. */
export interface Command {
  readonly line: string;
  /** What it prints, where that is shown. */
  readonly output?: string;
  /** The exit codes of which it ends with one, where that is said. */
  readonly codes?: readonly number[];
}

/** A file that the page has its reader write. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** What a reader does. */
export type Step = Command | WrittenFile;

/** The README and all of `docs/`, by their paths in the repository. */
export function pageNames(): string[] {
  const names = [...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) =>
    name
  );
  const pages = names.filter((name) => name.endsWith(".md")).sort();
  return ["README.md", ...pages.map((name) => `docs/${name}`)];
}

/** The text of a page. */
export function readPage(name: string): string {
  return Deno.readTextFileSync(new URL(name, ROOT));
}

/** A fence with its indentation, the language, and what is between. */
const FENCED = /^( *)```(\w*)\n([^]*?)^\1```$/gm;

/** All fenced blocks of a page, those in lists too. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCED)].map(([, indent, language, indented]) => {
    const text = dedent(indented, indent);
    const path = /^(?:\/\/|#) (\S+\.(?:ts|toml))\n/.exec(text)?.[1];
    return { language, text, path };
  });
}

/** What a page has its reader do, in order. */
export function stepsOf(page: string): Step[] {
  return blocksOf(page).flatMap(({ language, text, path }): Step[] => {
    if (language === "console") return shownCommands(text);
    if (language === "sh") return bareCommands(text);
    return path === undefined ? [] : [{ path, text }];
  });
}

/** The commands among them. */
export function commandsOf(steps: readonly Step[]): Command[] {
  return steps.filter((step) => "line" in step);
}

/**
 * A page with other outputs.
 *
 * @param outputs What is to be shown, for each command that shows an output.
 */
export function withOutputs(page: string, outputs: readonly string[]): string {
  const rest = outputs.values();
  return page.replaceAll(FENCED, (block, indent, language, text) => {
    if (language !== "console") return block;
    const shown = shownCommands(dedent(text, indent)).map(({ line }) =>
      `$ ${line}\n${rest.next().value}`
    );
    return ["```console\n", ...shown, "```"].join("").replaceAll(
      /^(?=.)/gm,
      indent,
    );
  });
}

function dedent(text: string, indent: string): string {
  return text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

function shownCommands(block: string): Command[] {
  return block.split(/^\$ /m).slice(1).map((text) => {
    const end = text.indexOf("\n");
    const line = text.slice(0, end);
    return { line, output: text.slice(end + 1), codes: codesOf(line) };
  });
}

function bareCommands(block: string): Command[] {
  return block.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((text) => {
      const line = text.replace(/\s+# .*$/, "");
      return { line, codes: codesOf(text) ?? [0] };
    });
}

function codesOf(line: string): number[] | undefined {
  return / # exit code (\d+(?: or \d+)*)/.exec(line)?.[1].split(" or ")
    .map(Number);
}
