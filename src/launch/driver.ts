import { cString, libc, SystemCallError } from "../libc/mod.ts";
import { realPath } from "../libc/real_path.ts";

const X_OK = 1;
/** What every ELF program begins with (elf(5)). */
const ELF = "\x7fELF";

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
  /** Whether there is no such file at all. */
  readonly isMissing: boolean;

  constructor(
    message: string,
    options?: ErrorOptions & { isMissing?: boolean },
  ) {
    super(message, options);
    this.isMissing = options?.isMissing ?? false;
  }
}

/**
 * Finds the file that execvp(3) would execute for a driver, and makes sure that
 * it can be: after the filter is loaded it would be too late to say why not.
 *
 * @param driver The driver as it was named. Without a slash it is searched for
 * along PATH.
 * @param searchPath Tells the value of PATH, if it is set; an empty entry of it is
 * the current directory.
 * @returns The file's path.
 * @throws {DriverError} If there is no such file, it may not be executed, or it
 * is a script whose interpreter is missing.
 */
export function findDriver(
  driver: string,
  searchPath: () => string | undefined,
): string {
  if (driver === "") throw new DriverError("the driver's name is empty");
  if (driver.includes("/")) {
    requireExecutable(driver);
    return driver;
  }
  let refusal: DriverError | undefined;
  for (const directory of (searchPath() ?? DEFAULT_PATH).split(":")) {
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
      if (!cause.isMissing) refusal ??= cause;
    }
  }
  throw refusal ?? new DriverError(`there is no driver ${driver} in PATH`);
}

function requireExecutable(file: string): void {
  let real: string;
  let info: Deno.FileInfo;
  try {
    real = realPath(file);
    info = Deno.statSync(real);
  } catch (cause) {
    const isMissing = cause instanceof SystemCallError &&
      cause.code === "ENOENT";
    throw new DriverError(
      isMissing
        ? `the driver ${file} does not exist`
        : `the driver ${file} cannot be used: ${(cause as Error).message}`,
      { cause, isMissing },
    );
  }
  if (!info.isFile) {
    throw new DriverError(`the driver ${file} is not a regular file`);
  }
  if (!isExecutable(file)) {
    throw new DriverError(`the driver ${file} is not executable`);
  }
  requireFormat(file, real);
}

/** Whether this process may execute a file (euidaccess(3)). */
function isExecutable(file: string): boolean {
  return libc().calls.euidaccess(cString(file).pointer, X_OK) === 0;
}

/**
 * What the kernel can execute: an ELF program, or a script with its interpreter
 * (execve(2)).
 */
function requireFormat(file: string, real: string): void {
  const start = new Uint8Array(SHEBANG_SIZE);
  try {
    using opened = Deno.openSync(real);
    opened.readSync(start);
  } catch {
    return; // It may be executable without being readable; then execve has the last word.
  }
  const [line] = new TextDecoder().decode(start).split("\n");
  if (line.startsWith(ELF)) return;
  const interpreter = /^#![ \t]*([^ \t\0]+)/.exec(line)?.[1];
  if (interpreter === undefined) {
    throw new DriverError(
      `the driver ${file} is neither an ELF program nor a script that begins with #!`,
    );
  }
  if (!isExecutable(interpreter)) {
    throw new DriverError(
      `the driver ${file} needs the interpreter ${interpreter}, which cannot be used`,
    );
  }
}
