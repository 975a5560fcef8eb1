import type { Example } from "./define.ts";
import { commandsOf, type FlagOutline, type Outline } from "./outline.ts";
import { ENVIRONMENT, FILES } from "./program_page.ts";
import { bold, code, prose, quoted } from "./roff.ts";
import { PROGRAM, usageLines } from "./usage.ts";

const SEE_ALSO = [
  ["seccomp", 2],
  ["prctl", 2],
  ["execve", 2],
  ["seccomp_rule_add", 3],
  ["seccomp_export_bpf", 3],
] as const;

/**
 * The manual page, for section 1.
 *
 * @param program The outline of the whole program.
 * @param version The program's version.
 * @returns Source for `man`, in the language of man(7).
 */
export function renderManual(program: Outline, version: string): string {
  const { page, flags, commands } = program;
  const runnable = commands.flatMap(commandsOf);
  const lines = [
    `.TH ${quoted(PROGRAM.toUpperCase())} 1 "" ${
      quoted(`${PROGRAM} ${version}`)
    } ${quoted("User Commands")}`,
    ".SH NAME",
    `${code(PROGRAM)} \\- ${prose(lowerFirst(page.brief))}`,
    ".SH SYNOPSIS",
    ...synopsis(usageLines(program)),
    ".SH DESCRIPTION",
    ...(page.description ?? []).flatMap(paragraph),
    ".SH OPTIONS",
    ...flags.flatMap(flag),
    ".SH COMMANDS",
    ...runnable.flatMap(command),
    ".SH EXIT STATUS",
    ...page.exitCodes.flatMap(({ code, what }) => item(code, what)),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, what]) => item(name, what)),
    ".SH FILES",
    ...FILES.flatMap(([name, what]) => item(name, what)),
    ".SH EXAMPLES",
    ...[page, ...runnable.map(({ page }) => page)]
      .flatMap(({ examples }) => examples).filter(isNew()).flatMap(example),
    ".SH SEE ALSO",
    SEE_ALSO.map(([name, section]) => `${bold(name)}(${section})`)
      .join(",\n"),
  ];
  return `${lines.join("\n")}\n`;
}

function command(outline: Outline): string[] {
  const { path, page, flags, args } = outline;
  return [
    `.SS ${quoted([PROGRAM, ...path].join(" "))}`,
    ...synopsis(usageLines(outline)),
    ...paragraph(`${page.brief}.`),
    ...(page.description ?? []).flatMap(paragraph),
    ...flags.filter(({ name }) => name !== "--help").flatMap(flag),
    ...args.flatMap(({ name, isRepeated, brief }) =>
      item(isRepeated ? `${name}…` : name, `${brief}.`)
    ),
    ...paragraph("Exit status:"),
    ...page.exitCodes.flatMap(({ code, what }) => item(code, what)),
  ];
}

function synopsis(usages: readonly string[]): string[] {
  return usages.flatMap((usage) => {
    const words = usage.slice(PROGRAM.length + 1);
    return [`.SY ${code(PROGRAM)}`, code(words), ".YS"];
  });
}

function flag({ alias, name, value, brief, preset }: FlagOutline): string[] {
  const names = alias === undefined ? name : `${alias}, ${name}`;
  const text = preset === undefined ? brief : `${brief} (default: ${preset})`;
  return item(value === undefined ? names : `${names} ${value}`, `${text}.`);
}

function item(head: string, text: string): string[] {
  return [".TP", bold(head), prose(text)];
}

function paragraph(text: string): string[] {
  return [".PP", prose(text)];
}

function example({ command, what }: Example): string[] {
  return [
    ...paragraph(`${what}:`),
    ".PP",
    ".RS 4",
    ".nf",
    ...command.split("\n").map(code),
    ".fi",
    ".RE",
  ];
}

/** Whether an example has not been seen yet. */
function isNew(): (example: Example) => boolean {
  const seen = new Set<string>();
  return ({ command }) => seen.size < seen.add(command).size;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
