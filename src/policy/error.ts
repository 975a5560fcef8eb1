/**
 * A configuration that cannot be used. The message names the file, the line
 * where there is one, and what is wrong.
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "ECONFIG";
  /**
   * Every problem that was found, each with its file and line; the message is
   * all of them.
   */
  readonly problems: readonly string[];

  /** Whether there was nothing to judge: the file could not be read. */
  readonly isUnreadable: boolean;

  constructor(
    problems: readonly string[],
    options?: ErrorOptions & { isUnreadable?: boolean },
  ) {
    super(problems.join("; "), options);
    this.problems = problems;
    this.isUnreadable = options?.isUnreadable ?? false;
  }
}

/**
 * A place in a configuration file, and what is wrong there: `FILE:LINE: MESSAGE`.
 */
export function at(
  file: string,
  line: number | undefined,
  message?: string,
): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return message === undefined ? place : `${place}: ${message}`;
}
