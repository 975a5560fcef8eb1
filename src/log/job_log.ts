/** What the job's author is to read when the job was not run. */
export interface JobMessage {
  /** The whole truth, for who may see it. */
  readonly msg: string;
  /**
   * Leads an administrator from the job log to the record in the system log.
   */
  readonly reference: string;
  readonly unobfuscated: boolean;
  /** Why the system log has no record, if it has none. */
  readonly unlogged?: string;
}

/**
 * The one line that goes to the job log. Without `unobfuscated` it tells
 * nothing but a reference: paths, rules and plugins are not the job author's
 * business.
 *
 * @returns One line, without control characters but for the newline at its end.
 */
export function jobLine(
  { msg, reference, unobfuscated, unlogged }: JobMessage,
): string {
  if (unobfuscated) {
    const note = unlogged === undefined ? "" : ` [${unlogged}]`;
    return `jacamar-seccomp: ${oneLine(msg)} (reference ${reference})${
      oneLine(note)
    }\n`;
  }
  const where = unlogged === undefined
    ? "the system log tells your administrator why"
    : "the system log has no record of it";
  return `jacamar-seccomp: system error, the job was not run; ${where} (reference ${reference})\n`;
}

/** Replaces what would end the line or drive a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
