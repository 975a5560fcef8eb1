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
 * @param policies Those whose filters are built, one after the other.
 * @returns The running clock, which the caller stops; `undefined` where there
 * is no profile.
 */
export function guardTime(
  policies: readonly Policy[],
  { exitCode, lastWords }: Guarded,
): Timer | undefined {
  const profiles = policies.flatMap(({ profile }) => profile?.file ?? []);
  if (profiles.length === 0) return undefined;
  const limit = policies.reduce((sum, each) => sum + each.pluginTimeout, 0);
  const text = `the filter of ${[...new Set(profiles)].join(" or ")} ` +
    `was not made within ${limit / 1000} s (plugin_timeout), ` +
    "or a plugin did not return";
  leaveLastWords(lastWords(new Error(text)));
  const deadline = makeDeadline(exitCode);
  deadline.start(limit);
  return deadline;
}
