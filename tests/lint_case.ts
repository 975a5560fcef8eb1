/**
 * Journals for the tests of the lint, written down instead of built: they may
 * be of architectures that the machine does not have.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ArchAMD64,
  getSyscallFromName,
  type Journal,
  type JournalRule,
  type ScmpAction,
  type ScmpArch,
  type ScmpCondition,
  type ScmpSyscall,
} from "../src/libseccomp/mod.ts";
import { errno } from "../src/libc/errno.ts";
import { CallStates } from "../src/policy/call_state.ts";
import type { Finding, Surroundings } from "../src/policy/finding.ts";

export const REFUSE = ActErrno.setReturnCode(errno.EPERM);

/** A machine that nothing is wrong with. */
export const surroundings: Surroundings = {
  architecture: ArchAMD64,
  libseccomp: { major: 2, minor: 6, micro: 1 },
  noNewPrivs: false,
  asksNoNewPrivs: false,
};

/** A rule as tests write it; `on` are the architectures that it holds for. */
export function rule(
  call: string | ScmpSyscall,
  action: ScmpAction = REFUSE,
  { when = [], on = [ArchAMD64], origin = "test" }: {
    readonly when?: readonly ScmpCondition[];
    readonly on?: readonly ScmpArch[];
    readonly origin?: string;
  } = {},
): JournalRule {
  return {
    syscall: typeof call === "string" ? getSyscallFromName(call) : call,
    action,
    conditions: when,
    architectures: on,
    exact: false,
    origin,
  };
}

/** Rules that refuse some calls. */
export function refuse(...calls: readonly string[]): JournalRule[] {
  return calls.map((call) => rule(call));
}

/** The journal of a filter for x86_64 that allows what no rule is about. */
export function journal(
  rules: readonly JournalRule[],
  more: Partial<Journal> = {},
): Journal {
  return {
    defaultAction: ActAllow,
    defaultOrigin: "",
    badArchOrigin: "",
    priorities: [],
    badArchAction: ActKillProcess,
    architectures: [ArchAMD64],
    rules,
    noNewPrivs: undefined,
    log: false,
    speculativeStoreBypass: false,
    waitKill: false,
    optimize: 1,
    isReplaced: false,
    ...more,
  };
}

/** What a filter is like, and all that is to be said about it. */
export interface LintCase {
  readonly journals: readonly Journal[];
  readonly on?: ScmpArch;
  /** Messages, each with its origins in brackets unless there is only `test`. */
  readonly says: readonly string[];
}

/** Runs each case of a table as a test. */
export function testCases(
  cases: Readonly<Record<string, LintCase>>,
  find: (
    journals: readonly Journal[],
    states: CallStates,
  ) => Iterable<Finding>,
): void {
  for (
    const [name, { journals, on = ArchAMD64, says }] of Object.entries(cases)
  ) {
    Deno.test(name, () => {
      const findings = [...find(journals, new CallStates(journals, on))];
      assert.deepEqual(findings.map(describe), says);
    });
  }
}

function describe({ message, origins }: Finding): string {
  return origins.join() === "test" ? message : `${message} [${origins}]`;
}
