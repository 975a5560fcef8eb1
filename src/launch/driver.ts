import { cString, libc } from "../libc/mod.ts";

const X_OK = 1;

/**
 * What execvp(3) searches where PATH is not set (glibc's confstr(_CS_PATH)).
 */
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * The kernel reads no more of a script's first line (include/linux/binfmts.h,
 * `BINPRM_BUF_SIZE`).
 */
const SHEBANG_SIZE = 256;

/** The driver cannot be executed. */
export class DriverError extends Error {
  override readonly name = "DriverError";
  readonly code = "EDRIVER";
}

/**
 * Finds the file that execvp(3) would execute for a driver, and makes sure that
 * it can be: after the filter is loaded it would be too late to say why not.
 *
 * @param driver The driver as it was named. Without a slash it is searched for
 * along `path`.
 * @param path The value of PATH; an empty entry is the current directory.
 * @returns The file's path.
 * @throws {DriverError} If there is no such file, it may not be executed, or it
 * is a script whose interpreter is missing.
 */
export function findDriver(
  driver: string,
  path: string = DEFAULT_PATH,
): string {
  if (driver === "") throw new DriverError("the driver's name is empty");
  if (driver.includes("/")) {
    requireExecutable(driver);
    return driver;
  }
  let refusal: DriverError | undefined;
  for (const directory of path.split(":")) {
    const candidate = directory === ""
      ? `./${driver}`
      : `${directory}/${driver}`;
    try {
      requireExecutable(candidate);
      return candidate;
    } catch (cause) {
      if (!(cause instanceof DriverError)) throw cause;
      // As execvp(3): a file that may not be executed does not end the search,
      // but is the reason if nothing else is found.
      if (!(cause.cause instanceof Deno.errors.NotFound)) refusal ??= cause;
    }
  }
  throw refusal ?? new DriverError(`there is no driver ${driver} in PATH`);
}

function requireExecutable(file: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(file);
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    throw new DriverError(
      missing
        ? `the driver ${file} does not exist`
        : `the driver ${file} cannot be used: ${(cause as Error).message}`,
      { cause },
    );
  }
  if (!info.isFile) {
    throw new DriverError(`the driver ${file} is not a regular file`);
  }
  if (libc().calls.euidaccess(cString(file).pointer, X_OK) !== 0) {
    throw new DriverError(`the driver ${file} is not executable`);
  }
  requireInterpreter(file);
}

/** A script that names an interpreter cannot be executed without it. */
function requireInterpreter(file: string): void {
  const start = new Uint8Array(SHEBANG_SIZE);
  try {
    using opened = Deno.openSync(file);
    opened.readSync(start);
  } catch {
    return; // It may be executable without being readable; then execve has the last word.
  }
  const [line] = new TextDecoder().decode(start).split("\n");
  const interpreter = /^#![ \t]*([^ \t\0]+)/.exec(line)?.[1];
  if (interpreter === undefined) return;
  try {
    Deno.statSync(interpreter);
  } catch (cause) {
    throw new DriverError(
      `the driver ${file} needs the interpreter ${interpreter}, which cannot be used`,
      { cause },
    );
  }
}
