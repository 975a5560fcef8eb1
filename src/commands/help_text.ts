import { wrap } from "../bpf/wrap.ts";
import type { Palette } from "./colour.ts";
import { fill } from "./fill.ts";
import type { FlagOutline, Outline } from "./outline.ts";
import { usageLines } from "./usage.ts";

const INDENT = "  ";
/** What of a usage line is not broken: a word, or what stands in brackets. */
const USAGE_WORDS = /\[[^\]]*\]…?|\S+/g;

/** A left column wider than this has its text on the lines below. */
const WIDEST_HEAD = 30;

/**
 * The help of a command.
 *
 * @param outline The command.
 * @param palette How its headings are set off.
 * @param width How many columns there are. Examples are never broken.
 * @returns Text that ends in a newline.
 */
export function renderHelp(
  outline: Outline,
  palette: Palette,
  width: number,
): string {
  const { page, flags, args, commands } = outline;
  const prose = (text: string, indent = "") =>
    wrap(text, indent, indent, width);
  const usage = usageLines(outline).flatMap((line) => {
    const [program, ...words] = line.match(USAGE_WORDS) ?? [];
    return fill(`${INDENT}${program}`, words, INDENT.repeat(3), width);
  });
  const sections: [heading: string, lines: readonly string[]][] = [
    ["USAGE", usage],
    ["", prose(`${page.brief}.`)],
    ...(page.description ?? []).map((paragraph): [string, string[]] => [
      "",
      prose(paragraph),
    ]),
    [
      "COMMANDS",
      rows(commands.map(({ path, page }) => [path.at(-1) ?? "", page.brief])),
    ],
    ["FLAGS", rows(flags.map((flag) => [flagHead(flag), flagText(flag)]))],
    [
      "ARGUMENTS",
      rows(args.map((each) => [argumentHead(each), each.brief])),
    ],
    ["EXIT CODES", rows(page.exitCodes.map(({ code, what }) => [code, what]))],
    ["EXAMPLES", exampleLines(page.examples)],
  ];
  const texts = sections.filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) =>
      [...heading === "" ? [] : [palette.bold(heading)], ...lines].join("\n")
    );
  return `${texts.join("\n\n")}\n`;

  function rows(cells: readonly (readonly [string, string])[]): string[] {
    const widths = cells.map(([head]) => head.length)
      .filter((length) => length <= WIDEST_HEAD);
    const column = Math.max(0, ...widths) + 2 * INDENT.length;
    const indent = " ".repeat(column);
    return cells.flatMap(([head, text]) => {
      const start = `${INDENT}${head}`;
      return start.length + INDENT.length <= column
        ? wrap(text, start.padEnd(column), indent, width)
        : [start, ...prose(text, indent)];
    });
  }

  function exampleLines(examples: Outline["page"]["examples"]): string[] {
    return examples.flatMap(({ command, what }) => [
      ...wrap(what, `${INDENT}# `, `${INDENT}# `, width).map(palette.dim),
      ...command.split("\n").map((line) => `${INDENT}${line}`),
    ]);
  }
}

/** A flag by all its names, with what stands for its value. */
export function flagHead({ alias, name, value }: FlagOutline): string {
  const names = alias === undefined ? `    ${name}` : `${alias}, ${name}`;
  return value === undefined ? names : `${names} ${value}`;
}

function flagText({ brief, preset }: FlagOutline): string {
  return preset === undefined ? brief : `${brief} (default: ${preset})`;
}

function argumentHead(
  { name, isRepeated }: Outline["args"][number],
): string {
  return isRepeated ? `${name}…` : name;
}
