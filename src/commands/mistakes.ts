import {
  AliasNotFoundError,
  type ApplicationText,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  text_en,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { PROGRAM } from "./usage.ts";

/**
 * What is said of a command line that is wrong: one line, as of any other error.
 *
 * @param path The command that it is for.
 */
export function mistakeTexts(path: readonly string[]): ApplicationText {
  const see = `see ${[PROGRAM, ...path].join(" ")} --help`;
  return {
    ...text_en,
    exceptionWhileParsingArguments: (error) =>
      `${PROGRAM}: ${describeMistake(error)}; ${see}`,
    noCommandRegisteredForInput: ({ input, corrections }) => {
      const command = [...path, input].join(" ");
      return input.startsWith("-")
        ? `${PROGRAM}: unknown flag ${input}; ${see}`
        : `${PROGRAM}: there is no command \`${command}\`${
          meant(corrections)
        }; ${see}`;
    },
    exceptionWhileLoadingCommandFunction: (error) =>
      `${PROGRAM}: ${messageOf(error)}`,
    exceptionWhileRunningIntegrationFlag: ({ exception }) =>
      `${PROGRAM}: ${messageOf(exception)}`,
    exceptionWhileRunningCommand: (error) => `${PROGRAM}: ${messageOf(error)}`,
  };
}

/** By class: the names of classes are not those of the source once bundled. */
function describeMistake(error: unknown): string {
  if (error instanceof FlagNotFoundError) {
    const names = error.corrections.map((name) => `--${name}`);
    return `unknown flag --${error.input}${meant(names)}`;
  }
  if (error instanceof AliasNotFoundError) {
    return `unknown flag -${error.input}`;
  }
  if (error instanceof EnumValidationError) {
    const { externalFlagName, input, values } = error;
    return `--${externalFlagName} takes ${values.join(", ")}, not "${input}"`;
  }
  if (error instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, input, exception } = error;
    return `${name}: "${input}": ${messageOf(exception)}`;
  }
  if (error instanceof UnsatisfiedFlagError) {
    const { externalFlagName, nextFlagName } = error;
    return nextFlagName === undefined
      ? `--${externalFlagName} is missing, or its value`
      : `--${externalFlagName} needs a value, and --${nextFlagName} follows`;
  }
  if (error instanceof UnexpectedFlagError) {
    return `--${error.externalFlagName} is given twice`;
  }
  if (error instanceof UnexpectedPositionalError) {
    return `unexpected argument ${error.input}`;
  }
  if (error instanceof UnsatisfiedPositionalError) {
    const [minimum] = error.limit ?? [1];
    return `${error.placeholder} is missing, at least ${minimum} argument${
      minimum === 1 ? "" : "s"
    }`;
  }
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function meant(corrections: readonly string[]): string {
  return corrections.length === 0
    ? ""
    : `, did you mean ${corrections.join(" or ")}?`;
}
