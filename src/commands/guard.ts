import {
  type LastWord,
  leaveLastWords,
  makeDeadline,
} from "../launch/latch.ts";
import type { Timer } from "../libc/timer.ts";
import type { Policy } from "../policy/policy.ts";

/** Whom a guard speaks for. */
export interface Guarded {
  /** With which the process ends when time is over; the latch must be on. */
  readonly exitCode: number;
  /** What to write where then. */
  readonly lastWords: (error: Error) => readonly LastWord[];
}

/**
 * Limits the time in which a profile's filter is built: two rules on two
 * arguments of one call can have libseccomp search its tree for ever
 * (seccomp_rule_add, all versions up to 2.6.1). Other configurations have no
 * such rules.
 *
 * @returns The running clock, which the caller stops; `undefined` where there
 * is no profile.
 */
export function guardTime(
  { profile, pluginTimeout }: Policy,
  { exitCode, lastWords }: Guarded,
): Timer | undefined {
  if (profile === undefined) return undefined;
  const text = `the filter of ${profile.file} was not made within ${
    pluginTimeout / 1000
  } s (plugin_timeout), or a plugin did not return`;
  leaveLastWords(lastWords(new Error(text)));
  const deadline = makeDeadline(exitCode);
  deadline.start(pluginTimeout);
  return deadline;
}
