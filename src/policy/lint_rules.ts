import type { Journal, JournalRule } from "../libseccomp/mod.ts";
import { describeAction, passes } from "./action.ts";
import { families } from "./call_families.ts";
import { type CallStates, exists, isKnown } from "./call_state.ts";
import { eachOnce, enumerate, type Finding, originsOf } from "./finding.ts";
import { lintNarrower } from "./lint_narrower.ts";

/**
 * Finds rules that do not do what they say: for calls that do not exist here,
 * that lose to another rule, or that hand a call to nobody.
 */
export function* lintRules(
  journals: readonly Journal[],
  states: CallStates,
): Generator<Finding> {
  for (const journal of journals) {
    yield* lintAbsent(journal, states);
    yield* lintLosers(journal);
    yield* lintNarrower(journal);
    yield* lintUnanswered(journal);
  }
}

/**
 * Rules for calls that none of their architectures has, one finding an origin.
 * A refusal was meant to keep something out; what is allowed in vain does no
 * harm.
 */
function* lintAbsent(
  { rules }: Journal,
  states: CallStates,
): Generator<Finding> {
  const absent = rules.filter((rule) =>
    isKnown(`${rule.syscall}`) &&
    !rule.architectures.some((arch) => exists(`${rule.syscall}`, arch)) &&
    !isMadeUpFor(rule, states)
  );
  const groups = Map.groupBy(
    absent,
    ({ origin, architectures, action }) =>
      `${passes(action)} ${architectures} ${origin}`,
  );
  for (const rulesOf of groups.values()) {
    const names = unique(rulesOf.map(({ syscall }) => `${syscall}`));
    const [{ architectures, action }] = rulesOf;
    const where = enumerate(architectures.map(({ name }) => name));
    yield {
      severity: passes(action) ? "notice" : "warning",
      message: names.length === 1
        ? `${names} does not exist on ${where}: its rule has no effect`
        : `${enumerate(names)} do not exist on ${where}: their rules have no ` +
          "effect",
      origins: originsOf(rulesOf),
    };
  }
}

/**
 * Whether calls that do the same are treated alike, as where one configuration
 * serves several architectures.
 */
function isMadeUpFor(
  { syscall, action, architectures }: JournalRule,
  states: CallStates,
): boolean {
  const siblings = families.flatMap(({ tiers }) => {
    const tier = tiers.findIndex((names) => names.includes(`${syscall}`));
    return tiers.slice(0, tier + 1).flat();
  });
  const found = siblings.flatMap((name) =>
    architectures.map((arch) => states.of(name, arch))
  ).filter((state) => state !== undefined);
  return passes(action)
    ? found.some(({ openness }) => openness !== "refused")
    : found.length > 0 && found.every(({ openness }) => openness !== "open");
}

/**
 * Rules that never decide: the first one without conditions wins over all
 * others for its call (see {@linkcode CallStates}). Two rules with the same
 * conditions and different actions need no finding: libseccomp refuses the
 * second with EEXIST. For those with further conditions see lint_narrower.ts.
 */
function* lintLosers({ rules }: Journal): Generator<Finding> {
  for (const [, forCall] of Map.groupBy(rules, byCall)) {
    for (const winner of winners(forCall)) {
      const losers = forCall.filter(({ action, architectures }) =>
        !action.equals(winner.action) &&
        architectures.some((arch) => winner.architectures.includes(arch))
      );
      yield* Map.groupBy(losers, ({ action }) => action.toNative())
        .values().map((same) => describeLosers(winner, same));
    }
  }
}

/** The first rules without conditions; one for each set of architectures. */
function winners(forCall: readonly JournalRule[]): JournalRule[] {
  const found: JournalRule[] = [];
  for (const rule of forCall) {
    const isDecided = found.some(({ architectures }) =>
      rule.architectures.some((arch) => architectures.includes(arch))
    );
    if (rule.conditions.length === 0 && !isDecided) found.push(rule);
  }
  return found;
}

function describeLosers(
  winner: JournalRule,
  losers: readonly JournalRule[],
): Finding {
  const [{ syscall, action, conditions }] = losers;
  const won = describeAction(winner.action);
  const lost = describeAction(action);
  return {
    severity: "warning",
    message: conditions.length > 0
      ? `${syscall} has a rule ${lost} on a condition, which loses to ${won} without one`
      : `${syscall} has two rules, of which ${won}, the first, wins and ${lost} loses`,
    origins: originsOf([winner, ...losers]),
  };
}

const REASONS = {
  Notify: "nobody listens to ActNotify",
  Trace: "there is no tracer for ActTrace",
} as const;

/**
 * A call that is handed to a supervisor without a listener, or to a tracer that
 * is not there, fails with ENOSYS. Source: `__seccomp_filter` and
 * `seccomp_do_user_notification` of kernel/seccomp.c.
 */
function* lintUnanswered(
  journal: Journal,
): Generator<Finding> {
  const { rules, defaultAction, badArchAction } = journal;
  for (const kind of ["Notify", "Trace"] as const) {
    const handedOver = rules.filter(({ action }) => action.kind === kind);
    const calls = unique(handedOver.map(({ syscall }) => `${syscall}`));
    const origins = new Set(originsOf(handedOver));
    if (defaultAction.kind === kind) {
      calls.push("every call without a rule");
      origins.add(journal.defaultOrigin);
    }
    if (badArchAction.kind === kind) {
      calls.push("every call of another architecture");
      origins.add(journal.badArchOrigin);
    }
    if (calls.length === 0) continue;
    const verb = calls.length > 1 ? "fail" : "fails";
    yield {
      severity: "warning",
      message: `${enumerate(calls)} ${verb} with ENOSYS: ${REASONS[kind]}`,
      origins: eachOnce(origins),
    };
  }
}

function byCall({ syscall }: JournalRule): number {
  return syscall.number;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
