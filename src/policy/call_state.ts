import {
  getNativeArch,
  getSyscallFromNameByArch,
  type Journal,
  type JournalRule,
  type ScmpAction,
  type ScmpArch,
  ScmpError,
} from "../libseccomp/mod.ts";
import { passes } from "./action.ts";
import { eachOnce } from "./finding.ts";
import { newerCalls } from "./newer_calls.ts";
import { existsOn } from "./offered.ts";

/** What becomes of a call under some filters. */
export interface CallState {
  /** `partly`: it depends on the arguments. */
  readonly openness: "open" | "partly" | "refused";
  /** The rules that decide it; none where default actions do. */
  readonly rules: readonly JournalRule[];
  /** What they do, and the default actions where those have a say. */
  readonly actions: readonly ScmpAction[];
  /** Who is behind these actions, each once. */
  readonly origins: readonly string[];
}

interface IndexedJournal {
  readonly journal: Journal;
  readonly byCall: ReadonlyMap<number, readonly JournalRule[]>;
}

/**
 * What becomes of each call under filters that are loaded together, of which
 * the kernel takes the most restrictive answer (seccomp(2)).
 *
 * In one filter the first rule without conditions decides, whatever other rules
 * there are, earlier or later: measured with each pair of different actions,
 * in both orders, on libseccomp 2.5.1, 2.5.4, 2.6.0 and 2.6.1.
 */
export class CallStates {
  readonly #journals: readonly IndexedJournal[];
  /** The architecture of the machine. */
  readonly native: ScmpArch;
  /** That one first, and the others that a filter covers. */
  readonly architectures: readonly ScmpArch[];

  /**
   * @param journals What the filters were told.
   * @param native The architecture of the machine.
   */
  constructor(journals: readonly Journal[], native: ScmpArch) {
    this.native = native;
    this.#journals = journals.map((journal) => ({
      journal,
      byCall: Map.groupBy(journal.rules, ({ syscall }) => syscall.number),
    }));
    this.architectures = [
      ...new Set([
        native,
        ...journals.flatMap(({ architectures }) => architectures),
      ]),
    ];
  }

  /**
   * What becomes of a call.
   *
   * @param name The call.
   * @param arch The architecture it is made on; by default the machine's.
   * @returns Its state; `undefined` if that architecture has no such call.
   */
  of(name: string, arch: ScmpArch = this.native): CallState | undefined {
    if (!exists(name, arch)) return undefined;
    const call = numberOf(name, getNativeArch());
    const states = this.#journals.map((journal) => {
      const rules = call === undefined ? [] : journal.byCall.get(call) ?? [];
      return stateIn(journal.journal, arch, rules);
    });
    const openness =
      (["refused", "partly"] as const).find((restriction) =>
        states.some((state) => state.openness === restriction)
      ) ?? "open";
    const deciding = states.filter((state) => state.openness === openness);
    return {
      openness,
      rules: deciding.flatMap(({ rules }) => rules),
      actions: deciding.flatMap(({ actions }) => actions),
      origins: eachOnce(deciding.flatMap(({ origins }) => origins)),
    };
  }
}

/** Whether libseccomp knows a call's name. */
export function isKnown(name: string): boolean {
  return resolve(name, getNativeArch()) !== undefined;
}

/** Whether an architecture has a call, if through another one. */
export function exists(name: string, arch: ScmpArch): boolean {
  return isKnown(name) ? existsOn(name, arch) : newerCalls.has(name);
}

function numberOf(name: string, arch: ScmpArch): number | undefined {
  return resolve(name, arch) ?? newerCalls.get(name)?.number;
}

function resolve(name: string, arch: ScmpArch): number | undefined {
  try {
    return getSyscallFromNameByArch(name, arch).number;
  } catch (error) {
    if (error instanceof ScmpError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function stateIn(
  journal: Journal,
  arch: ScmpArch,
  rulesOfCall: readonly JournalRule[],
): CallState {
  const { architectures, defaultAction, defaultOrigin } = journal;
  if (!architectures.includes(arch)) {
    return decided([], journal.badArchAction, journal.badArchOrigin);
  }
  const rules = rulesOfCall.filter((rule) => rule.architectures.includes(arch));
  const whole = rules.find(({ conditions }) => conditions.length === 0);
  return whole
    ? decided([whole])
    : decided(rules, defaultAction, defaultOrigin);
}

/** What some rules decide, and an action where none of them matches. */
function decided(
  rules: readonly JournalRule[],
  otherwise?: ScmpAction,
  origin = "",
): CallState {
  const actions = rules.map(({ action }) => action);
  if (otherwise) actions.push(otherwise);
  const origins = eachOnce([...rules.map(({ origin }) => origin), origin]);
  const isOpen = actions.some(passes);
  const openness = actions.every(passes)
    ? "open"
    : isOpen
    ? "partly"
    : "refused";
  return { openness, rules, actions, origins };
}
