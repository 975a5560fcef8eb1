import {
  ActKillThread,
  CompareMaskedEqual,
  getNativeArch,
  type Journal,
  type JournalRule,
  type ScmpAction,
  type ScmpCondition,
} from "../../libseccomp/mod.ts";
import { formatExactJson } from "../exact_json.ts";
import { describeAction } from "../action.ts";
import {
  type OciAction,
  ociAction,
  ociArchitecture,
  type OciOperator,
  ociOperator,
} from "./names.ts";

/**
 * `linux.seccomp` of the OCI runtime specification, and nothing beside it.
 *
 * Source: opencontainers/runtime-spec, config-linux.md, "Seccomp".
 */
export interface OciProfile {
  readonly defaultAction: OciAction;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  /**
   * Never left out: runc and crun take no list for
   * `["SECCOMP_FILTER_FLAG_SPEC_ALLOW"]`.
   */
  readonly flags: readonly string[];
  readonly syscalls: readonly OciProfileEntry[];
}

/** The calls for which one thing is done under the same conditions. */
export interface OciProfileEntry {
  /** Sorted, each once. */
  readonly names: readonly string[];
  readonly action: OciAction;
  readonly errnoRet?: number;
  readonly args?: readonly OciProfileArgument[];
}

/** One condition. */
export interface OciProfileArgument {
  readonly index: number;
  /** What is compared with, or the mask of `SCMP_CMP_MASKED_EQ`. */
  readonly value: bigint;
  /** What the masked argument must be; with `SCMP_CMP_MASKED_EQ` only. */
  readonly valueTwo?: bigint;
  readonly op: OciOperator;
}

/**
 * Writes what a filter was told as a profile that container runtimes accept.
 *
 * Entries come in the order of their first rule, and the rules of one call stay
 * in their order, as libseccomp may heed it.
 *
 * @param journal What the filter was told.
 * @returns The profile, and what of the filter it does not say, one sentence
 * each.
 */
export function toOciProfile(
  journal: Journal,
): { readonly profile: OciProfile; readonly notes: readonly string[] } {
  const { defaultAction, architectures } = journal;
  const notes = unsaid(journal);
  const rules = journal.rules.filter((rule) => isSaid(rule, journal, notes));
  const flags = [];
  if (journal.log) flags.push("SECCOMP_FILTER_FLAG_LOG");
  if (journal.speculativeStoreBypass) {
    flags.push("SECCOMP_FILTER_FLAG_SPEC_ALLOW");
  }
  if (journal.waitKill) flags.push("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
  const errnoRet = returnCode(defaultAction);
  const profile: OciProfile = {
    defaultAction: ociAction(defaultAction),
    ...errnoRet === undefined ? {} : { defaultErrnoRet: errnoRet },
    architectures: architectures.map(ociArchitecture),
    flags,
    syscalls: group(rules),
  };
  return { profile, notes };
}

/**
 * A profile as JSON text, with integers up to 2⁶⁴−1 in full.
 *
 * @returns The text, ending in a newline.
 */
export function formatOciProfile(profile: OciProfile): string {
  return formatExactJson(profile);
}

/** What no profile can say of a filter as a whole. */
function unsaid(
  { architectures, badArchAction, noNewPrivs }: Journal,
): string[] {
  const notes: string[] = [];
  if (!badArchAction.equals(ActKillThread)) {
    notes.push(
      `a call of another architecture is answered with ${ActKillThread} by container runtimes, not with ${
        describeAction(badArchAction)
      }`,
    );
  }
  if (!architectures.includes(getNativeArch())) {
    notes.push(
      `container runtimes cover ${getNativeArch()} too, which the filter does not`,
    );
  }
  if (noNewPrivs) {
    notes.push(
      "no_new_privs is not in a profile: it is process.noNewPrivileges of the bundle",
    );
  }
  return notes;
}

/**
 * Whether a rule is in the profile. One that cannot be said exactly is, if the
 * profile would otherwise be weaker than the filter, and is not, if it would be
 * with it.
 */
function isSaid(rule: JournalRule, journal: Journal, notes: string[]): boolean {
  const { syscall, action, architectures, origin } = rule;
  const what = `${syscall} ${describeAction(action)} (${origin})`;
  if (`${syscall}`.startsWith("[")) {
    notes.push(`${what} is left out: the call has no name`);
    return false;
  }
  if (action.kind === "Notify") {
    notes.push(`${what} needs a listenerPath, which the filter does not have`);
  }
  if (architectures.length === journal.architectures.length) return true;
  const kept = isStricter(action, journal.defaultAction);
  const only = `${what} holds for ${architectures.join(", ")} only`;
  notes.push(
    kept
      ? `${only}, in the profile for all architectures`
      : `${only} and is left out`,
  );
  return kept;
}

/**
 * Whether the kernel prefers an action to another.
 *
 * Source: kernel/seccomp.c, `seccomp_run_filters`: the lowest value as a signed
 * number, its return code left out.
 */
function isStricter(action: ScmpAction, other: ScmpAction): boolean {
  const rank = (action: ScmpAction) => action.toNative() >> 16;
  return rank(action) < rank(other);
}

/** Gathers the rules that say the same of different calls. */
function group(rules: readonly JournalRule[]): OciProfileEntry[] {
  const entries: { key: string; names: Set<string>; rule: JournalRule }[] = [];
  const lastEntry = new Map<string, number>();
  for (const rule of rules) {
    const name = rule.syscall.getName();
    const key = keyOf(rule);
    // A later entry than the last one with this call keeps the call's order.
    const earliest = lastEntry.get(name) ?? 0;
    let index = entries.findIndex((entry, index) =>
      index >= earliest && entry.key === key
    );
    if (index < 0) index = entries.push({ key, names: new Set(), rule }) - 1;
    entries[index].names.add(name);
    lastEntry.set(name, index);
  }
  return entries.map(({ names, rule: { action, conditions } }) => {
    const errnoRet = returnCode(action);
    return {
      names: [...names].sort(),
      action: ociAction(action),
      ...errnoRet === undefined ? {} : { errnoRet },
      ...conditions.length === 0 ? {} : { args: conditions.map(toArgument) },
    };
  });
}

/** The same for rules that say the same. */
function keyOf({ action, conditions }: JournalRule): string {
  const parts = conditions.map(({ argument, op, operandOne, operandTwo }) =>
    [argument, op, operandOne, operandTwo].join(" ")
  );
  return [action, ...parts].join(", ");
}

function toArgument(
  { argument, op, operandOne, operandTwo }: ScmpCondition,
): OciProfileArgument {
  return {
    index: argument,
    value: operandOne,
    ...op === CompareMaskedEqual ? { valueTwo: operandTwo } : {},
    op: ociOperator(op),
  };
}

/** The errno to write: where a runtime would take EPERM for none. */
function returnCode(action: ScmpAction): number | undefined {
  return action.kind === "Errno" || action.kind === "Trace"
    ? action.getReturnCode()
    : undefined;
}
