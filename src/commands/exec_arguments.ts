/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "EUSAGE";
}

/** What `exec` was asked to do. */
export interface ExecRequest {
  readonly configuration: string;
  /** As given with `--stage`. */
  readonly stage: string | undefined;
  /** As given with `--user`. */
  readonly user: string | undefined;
  readonly unobfuscated: boolean;
  /** The driver and its arguments, at least one. */
  readonly driver: readonly [string, ...string[]];
}

export const EXEC_USAGE =
  "jacamar-seccomp exec -c|--configuration FILE [--stage STAGE] [--user USER] [-u|--unobfuscated] -- DRIVER [ARG…]";

/** The flags that take a value, by every way to write them. */
const VALUED: Readonly<Record<string, "configuration" | "stage" | "user">> = {
  "-c": "configuration",
  "--configuration": "configuration",
  "--stage": "stage",
  "--user": "user",
};

/**
 * `exec` never ends well by itself, so help is a refusal like any other; but
 * one that is told.
 */
const HELP: readonly string[] = ["-h", "--help"];

/**
 * Whether real errors may go to the job log. Known before all else, so that a
 * mistake in the other arguments can be told too.
 *
 * @param args The arguments of `exec`.
 */
export function isUnobfuscated(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return ["-u", "--unobfuscated", ...HELP].some((flag) => own.includes(flag));
}

/**
 * Reads the arguments of `exec`. The other commands have a library for that;
 * this one is started for every stage of every job, and loading the library
 * would be a tenth of its time.
 *
 * @param args The arguments after `exec`.
 * @throws {UsageError} If a flag is unknown, given twice or has no value, or
 * the configuration or the driver is missing.
 */
export function parseExecArguments(args: readonly string[]): ExecRequest {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const [driver, ...rest] = end < 0 ? [] : args.slice(end + 1);
  const values: { configuration?: string; stage?: string; user?: string } = {};
  for (let index = 0; index < own.length; index++) {
    const [, flag, inline] = /^(--[^=]+)=(.*)$/s.exec(own[index]) ??
      [undefined, own[index]];
    if (own[index] === "-u" || own[index] === "--unobfuscated") continue;
    const key = Object.hasOwn(VALUED, flag) ? VALUED[flag] : undefined;
    if (key === undefined) {
      throw new UsageError(`${describe(flag)}; usage: ${EXEC_USAGE}`);
    }
    if (values[key] !== undefined) {
      throw new UsageError(`--${key} is given twice`);
    }
    const value = inline ?? own[++index];
    if (value === undefined || value === "") {
      throw new UsageError(`${flag} needs a value`);
    }
    values[key] = value;
  }
  const { configuration, stage, user } = values;
  if (configuration === undefined) {
    throw new UsageError(
      `--configuration FILE is missing; usage: ${EXEC_USAGE}`,
    );
  }
  if (driver === undefined) {
    throw new UsageError(`-- DRIVER is missing; usage: ${EXEC_USAGE}`);
  }
  return {
    configuration,
    stage,
    user,
    unobfuscated: isUnobfuscated(args),
    driver: [driver, ...rest],
  };
}

function describe(argument: string): string {
  if (HELP.includes(argument)) return "exec prints no help of its own";
  return argument.startsWith("-")
    ? `unknown flag ${argument}`
    : `unexpected argument ${argument}: the driver comes after --`;
}
