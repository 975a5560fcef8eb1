/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "EUSAGE";

  /**
   * @param message What is wrong.
   * @param unknown The flag that does not exist, if that is it.
   */
  constructor(message: string, readonly unknown?: string) {
    super(message);
  }
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

/** What `exec` takes, in short. */
export const EXEC_ARGUMENTS =
  "-c|--configuration FILE [--stage STAGE] [--user USER] [-u|--unobfuscated] -- DRIVER [ARG…]";

const USAGE = `usage: jacamar-seccomp exec ${EXEC_ARGUMENTS}`;

/** The flags that take a value, by every way to write them. */
const VALUED: Readonly<Record<string, "configuration" | "stage" | "user">> = {
  "-c": "configuration",
  "--configuration": "configuration",
  "--stage": "stage",
  "--user": "user",
};

/** The flags that take none. */
const FLAGS: readonly string[] = ["-u", "--unobfuscated"];

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
  return [...FLAGS, ...HELP].some((flag) => own.includes(flag));
}

/**
 * Reads the arguments of `exec`, and if a flag does not exist says which one
 * may have been meant.
 *
 * @param args The arguments after `exec`.
 * @throws {UsageError} As {@linkcode parseExecArguments} does.
 */
export async function readExecArguments(
  args: readonly string[],
): Promise<ExecRequest> {
  try {
    return parseExecArguments(args);
  } catch (error) {
    if (!(error instanceof UsageError) || error.unknown === undefined) {
      throw error;
    }
    const { suggestion } = await import("../policy/nearest.ts");
    const near = await suggestion(error.unknown, [
      ...Object.keys(VALUED),
      ...FLAGS,
    ]);
    throw new UsageError(`unknown flag ${error.unknown}${near}; ${USAGE}`);
  }
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
    if (FLAGS.includes(own[index])) continue;
    const key = Object.hasOwn(VALUED, flag) ? VALUED[flag] : undefined;
    if (key === undefined) {
      throw unexpected(flag);
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
      `--configuration FILE is missing; ${USAGE}`,
    );
  }
  if (driver === undefined) {
    throw new UsageError(`-- DRIVER is missing; ${USAGE}`);
  }
  return {
    configuration,
    stage,
    user,
    unobfuscated: isUnobfuscated(args),
    driver: [driver, ...rest],
  };
}

function unexpected(argument: string): UsageError {
  if (HELP.includes(argument)) {
    return new UsageError(
      `exec prints no help of its own, see jacamar-seccomp help exec; ${USAGE}`,
    );
  }
  return argument.startsWith("-")
    ? new UsageError(`unknown flag ${argument}; ${USAGE}`, argument)
    : new UsageError(
      `unexpected argument ${argument}: the driver comes after --; ${USAGE}`,
    );
}
