import type { Journal } from "../libseccomp/mod.ts";
import { CallStates } from "./call_state.ts";
import type { Finding, Surroundings } from "./finding.ts";
import { lintLibrary } from "./lint_library.ts";
import { lintRules } from "./lint_rules.ts";
import { lintSiblings } from "./lint_siblings.ts";
import { lintStartup } from "./lint_startup.ts";
import { lintWaysRound } from "./lint_ways_round.ts";
import { refusesExecve } from "./refuses_execve.ts";

export type { Finding, Surroundings } from "./finding.ts";
export { refusesExecve } from "./refuses_execve.ts";

/**
 * `BPF_MAXINSNS` of include/uapi/linux/bpf_common.h, and the size of one
 * instruction.
 */
const MOST_INSTRUCTIONS = 4096;
const INSTRUCTION_SIZE = 8;

const SEVERITIES = ["problem", "warning", "notice"] as const;

/**
 * Finds what is wrong with filters, or unlikely to be meant.
 *
 * @param filters All that will be loaded together: what each was told, and what
 * libseccomp made of it.
 * @param surroundings The machine, and this process.
 * @returns What was found, the worst first.
 * @throws {ScmpError} If libseccomp cannot be opened.
 */
export function lint(
  filters: readonly {
    readonly journal: Journal;
    readonly program: Uint8Array;
  }[],
  surroundings: Surroundings,
): Finding[] {
  const journals = filters.map(({ journal }) => journal);
  const states = new CallStates(journals, surroundings.architecture);
  const findings = [
    ...filters.flatMap(({ journal, program }) => [
      ...lintLaunch(journal, program),
    ]),
    ...lintPrivileges(journals, surroundings),
    ...lintStartup(states),
    ...lintRules(journals, states),
    ...lintSiblings(states, surroundings),
    ...lintWaysRound(journals, states),
    ...lintLibrary(journals, surroundings),
  ];
  return SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity)
  );
}

/** What keeps a filter from being loaded, or the driver from being started. */
function* lintLaunch(
  journal: Journal,
  program: Uint8Array,
): Generator<Finding> {
  const refusal = refusesExecve(journal);
  if (refusal) {
    yield {
      severity: "problem",
      message: `the driver could not be started: ${refusal}`,
      origins: [],
    };
  }
  const instructions = program.length / INSTRUCTION_SIZE;
  if (instructions > MOST_INSTRUCTIONS) {
    yield {
      severity: "problem",
      message:
        `the filter has ${instructions} instructions, the kernel takes ${MOST_INSTRUCTIONS}`,
      origins: [],
    };
  }
}

/** Who asks for `no_new_privs` need not be told that it is on. */
function* lintPrivileges(
  journals: readonly Journal[],
  { noNewPrivs }: Surroundings,
): Generator<Finding> {
  if (!noNewPrivs || journals.some((journal) => journal.noNewPrivs)) return;
  yield {
    severity: "warning",
    message: "no_new_privs is on already: setuid programs such as sudo, and " +
      "file capabilities, will do nothing for the job",
    origins: [],
  };
}
