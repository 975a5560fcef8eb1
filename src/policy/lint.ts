import type { Journal } from "../libseccomp/mod.ts";
import { CallStates } from "./call_state.ts";
import type { Finding, Surroundings } from "./finding.ts";
import { lintConditions } from "./lint_conditions.ts";
import { lintLibrary } from "./lint_library.ts";
import { lintMultiplexed } from "./lint_multiplexed.ts";
import { lintRules } from "./lint_rules.ts";
import { lintSiblings } from "./lint_siblings.ts";
import { lintStartup } from "./lint_startup.ts";
import { lintWaysRound } from "./lint_ways_round.ts";
import { refusesExecve } from "./refuses_execve.ts";

export type { Finding, Surroundings } from "./finding.ts";
export { refusesExecve } from "./refuses_execve.ts";

const SEVERITIES = ["problem", "warning", "notice"] as const;

/** A filter that will be loaded. */
export interface LintedFilter {
  /** What libseccomp was told. */
  readonly journal: Journal;
  /** What was asked for, where that is something else (see `Layer`). */
  readonly asked?: Journal | undefined;
}

/**
 * Finds what is wrong with filters, or unlikely to be meant: in what was asked
 * for, so that a policy that is tried out with `mode = "log"` is told what it
 * would do.
 *
 * @param filters All that will be loaded together.
 * @param surroundings The machine, and this process.
 * @returns What was found, the worst first.
 * @throws {ScmpError} If libseccomp cannot be opened.
 */
export function lint(
  filters: readonly LintedFilter[],
  surroundings: Surroundings,
): Finding[] {
  const journals = filters.map(({ journal, asked = journal }) => asked);
  const states = new CallStates(journals, surroundings.architecture);
  const findings = [
    ...filters.flatMap((filter) => [...lintLaunch(filter)]),
    ...lintPrivileges(journals, surroundings),
    ...lintStartup(states),
    ...lintRules(journals, states),
    ...lintConditions(journals),
    ...lintSiblings(states, surroundings),
    ...lintWaysRound(journals, states),
    ...lintMultiplexed(journals, states),
    ...lintLibrary(surroundings),
  ];
  return SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity)
  );
}

/** What keeps the driver from being started. */
function* lintLaunch(
  { journal, asked = journal }: LintedFilter,
): Generator<Finding> {
  const refusal = refusesExecve(asked);
  if (refusal) {
    const isReal = refusesExecve(journal) !== undefined;
    const when = isReal ? "" : 'with mode = "enforce" ';
    yield {
      severity: isReal ? "problem" : "warning",
      message: `${when}the driver could not be started: ${refusal.reason}`,
      origins: refusal.origins,
    };
  }
}

/** Who asks for `no_new_privs` need not be told that it is on. */
function* lintPrivileges(
  journals: readonly Journal[],
  { noNewPrivs, asksNoNewPrivs }: Surroundings,
): Generator<Finding> {
  if (!noNewPrivs || asksNoNewPrivs) return;
  if (journals.some((journal) => journal.noNewPrivs)) return;
  yield {
    severity: "warning",
    message: "no_new_privs is on already: setuid programs such as sudo, and " +
      "file capabilities, will do nothing for the job",
    origins: [],
  };
}
