import type { DefinedCommand, DefinedGroup, Page } from "./define.ts";

/** A flag, as people and shells need to know it. */
export interface FlagOutline {
  /** With its dashes: `--configuration`. */
  readonly name: string;
  /** With its dash: `-c`. */
  readonly alias?: string;
  /** What stands for its value: `FILE`; `undefined` if it takes none. */
  readonly value?: string;
  /** All values that there are, if they are few. */
  readonly values?: readonly string[];
  readonly brief: string;
  /** What the value is if the flag is left out. */
  readonly preset?: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
}

/** An argument that is no flag. */
export interface ArgumentOutline {
  /** What stands for it: `FILE`; with several meanings in turn, `SYSCALL|ARG`. */
  readonly name: string;
  readonly brief: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
}

/** A command, or several below one name, or the whole program. */
export interface Outline {
  /** The names that lead to it; none for the whole program. */
  readonly path: readonly string[];
  readonly page: Page;
  readonly flags: readonly FlagOutline[];
  readonly args: readonly ArgumentOutline[];
  /** The commands below it. */
  readonly commands: readonly Outline[];
}

type Parameters = DefinedCommand["parameters"];
type Flag = NonNullable<Parameters["flags"]>[string];

/** The outline of a command or a group of them. */
export function outlineOf(
  path: readonly string[],
  target: DefinedCommand | DefinedGroup,
): Outline {
  const { page } = target;
  if ("commands" in target) {
    const commands = Object.entries(target.commands)
      .map(([name, command]) => outlineOf([...path, name], command));
    return { path, page, flags: [HELP_FLAG], args: [], commands };
  }
  const { flags = {}, aliases = {}, positional } = target.parameters;
  const outlines = Object.entries(flags).map(([name, flag]) => {
    const alias = Object.entries(aliases).find(([, of]) => of === name)?.[0];
    return outlineFlag(name, alias, flag);
  });
  return {
    path,
    page,
    flags: [...outlines, HELP_FLAG],
    args: outlineArguments(positional),
    commands: [],
  };
}

/** `--help`, which every command has. */
export const HELP_FLAG: FlagOutline = {
  name: "--help",
  alias: "-h",
  brief: "Print this help",
  isRequired: false,
  isRepeated: false,
};

function outlineFlag(
  name: string,
  alias: string | undefined,
  flag: Flag,
): FlagOutline {
  const values = flag.kind === "enum" ? flag.values : undefined;
  const hasValue = flag.kind === "enum" || flag.kind === "parsed";
  const preset = hasValue && flag.default !== undefined
    ? String(flag.default)
    : undefined;
  return {
    name: `--${kebab(name)}`,
    alias: alias && `-${alias}`,
    value: hasValue
      ? flag.placeholder ?? values?.join("|") ?? "VALUE"
      : undefined,
    values,
    brief: flag.brief,
    preset,
    isRequired: hasValue && !flag.optional && preset === undefined,
    isRepeated: "variadic" in flag && Boolean(flag.variadic),
  };
}

function outlineArguments(
  positional: Parameters["positional"],
): ArgumentOutline[] {
  if (positional === undefined) return [];
  if (positional.kind === "array") {
    const { placeholder = "ARG", brief } = positional.parameter;
    const isRequired = (positional.minimum ?? 0) > 0;
    return [{ name: placeholder, brief, isRequired, isRepeated: true }];
  }
  return positional.parameters.map((each, index) => ({
    name: each.placeholder ?? `ARG${index + 1}`,
    brief: each.brief,
    isRequired: !each.optional && each.default === undefined,
    isRepeated: false,
  }));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The commands of an outline that can be run, in order, itself among them. */
export function commandsOf(outline: Outline): readonly Outline[] {
  return outline.commands.length > 0
    ? outline.commands.flatMap(commandsOf)
    : [outline];
}
