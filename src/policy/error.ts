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
