import {
  type BaseArgs,
  buildCommand,
  buildRouteMap,
  type Command,
  type CommandContext,
  type CommandFunctionLoader,
  type RouteMap,
  type TypedCommandParameters,
} from "@stricli/core";

/** A command line, and what it does. */
export interface Example {
  /** As it is typed, from `jacamar-seccomp` on; of several lines too. */
  readonly command: string;
  /** In words, without a full stop. */
  readonly what: string;
}

/** An exit code, and what it says. */
export interface ExitCode {
  readonly code: string;
  readonly what: string;
}

/**
 * What is told of a command beside its parameters: by its help, by the manual
 * page and by completions.
 */
export interface Page {
  /** What the command does, in one line without a full stop. */
  readonly brief: string;
  /** What stands after the command's name, where that is said by hand. */
  readonly usage?: readonly string[];
  /** Paragraphs. */
  readonly description?: readonly string[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly ExitCode[];
}

/** A command with its page. */
export type DefinedCommand = Command<CommandContext> & { readonly page: Page };

/** Commands below one name, as `plugin new` and `plugin types`. */
export type DefinedGroup = RouteMap<CommandContext> & {
  readonly page: Page;
  readonly commands: Readonly<Record<string, DefinedCommand>>;
};

/**
 * Defines a command.
 *
 * @param definition Where its code is, which is loaded only when the command is
 * run; its parameters; and its page.
 */
export function defineCommand<
  const FLAGS extends Readonly<Partial<Record<keyof FLAGS, unknown>>> =
    NonNullable<unknown>,
  const ARGS extends BaseArgs = [],
>(
  { loader, parameters, page }: {
    readonly loader: CommandFunctionLoader<FLAGS, ARGS, CommandContext>;
    readonly parameters: NoInfer<
      TypedCommandParameters<FLAGS, ARGS, CommandContext>
    >;
    readonly page: Page;
  },
): DefinedCommand {
  const docs = { brief: page.brief };
  const command = buildCommand<FLAGS, ARGS>({ loader, parameters, docs });
  return Object.assign(command, { page });
}

/**
 * Defines commands below one name.
 *
 * @param definition The commands by their names, and the page of all.
 */
export function defineGroup(
  { commands, page }: {
    readonly commands: Readonly<Record<string, DefinedCommand>>;
    readonly page: Page;
  },
): DefinedGroup {
  const group = buildRouteMap({
    routes: commands,
    docs: { brief: page.brief },
  });
  return Object.assign(group, { page, commands });
}
