import type { ArgumentOutline, FlagOutline, Outline } from "./outline.ts";

/** How the program is called in all it says. */
export const PROGRAM = "jacamar-seccomp";

/** The ways to write a command, each from the program's name on. */
export function usageLines(
  { path, page, flags, args, commands }: Outline,
): readonly string[] {
  const start = [PROGRAM, ...path].join(" ");
  if (page.usage) return page.usage.map((usage) => `${start} ${usage}`);
  if (commands.length > 0) {
    return commands.flatMap(usageLines);
  }
  const words = [
    ...flags.filter(({ name }) => name !== "--help").map(flagUsage),
    ...args.map(argumentUsage),
  ];
  return [[start, ...words].join(" ")];
}

function flagUsage(
  { name, alias, value, isRequired, isRepeated }: FlagOutline,
): string {
  const names = alias === undefined ? name : `${alias}|${name}`;
  const usage = value === undefined ? names : `${names} ${value}`;
  return `${isRequired ? usage : `[${usage}]`}${isRepeated ? "…" : ""}`;
}

function argumentUsage(
  { name, isRequired, isRepeated }: ArgumentOutline,
): string {
  if (!isRepeated) return isRequired ? name : `[${name}]`;
  const [first, rest = first] = name.split("|");
  return isRequired ? `${first} [${rest}…]` : `[${name}…]`;
}
