import { conclude, filterOf } from "../libseccomp/host.ts";
import {
  ActAllow,
  ActErrno,
  ActLog,
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX86,
  CompareMaskedEqual,
  getNativeArch,
  getSyscallFromName,
  type Journal,
  type JournalRule,
  makeCondition,
  type ScmpAction,
  type ScmpArch,
  type ScmpFilter,
  type ScmpSyscall,
} from "../libseccomp/mod.ts";
import { describeAction, passes } from "./action.ts";
import { buildFilter } from "./build.ts";
import { type Ids, limitSetuid } from "./limit_setuid.ts";
import type { Plan } from "./plan.ts";
import type { Policy } from "./policy.ts";

/** One filter of those that are loaded together. */
export interface Layer {
  /**
   * `filter`: what configuration and plugins made; `enforce_defaults`: what the
   * configuration alone made; `limit_setuid`.
   */
  readonly name: "filter" | "enforce_defaults" | "limit_setuid";
  readonly program: Uint8Array<ArrayBuffer>;
  /** What libseccomp was told; `limit_setuid` is made without it. */
  readonly journal: Journal | undefined;
  /** What the filter does, for people, where there is no journal. */
  readonly summary?: string;
}

/** The filters of one request, while plugins may change one of them. */
export interface Stack {
  /** The one that plugins change. */
  readonly filter: ScmpFilter;
  /**
   * Turns the filters into programs and seals them.
   *
   * @returns The programs in the order in which they can be loaded: all but the
   * last let seccomp(2) pass.
   * @throws {Error} If no order is possible, or libseccomp fails.
   */
  conclude(): Layer[];
}

/** `SECCOMP_SET_MODE_FILTER`, the first argument of seccomp(2). */
const SET_MODE_FILTER = 1;
const WORD = 0xffff_ffff;

/** Every ABI in which a program of this machine could set its ids. */
const ABIS: readonly ScmpArch[] = getNativeArch() === ArchARM64
  ? [ArchARM64, ArchARM]
  : [ArchAMD64, ArchX86];

/**
 * Builds the filters that a policy asks for.
 *
 * @param plan The policy's plan.
 * @param policy The policy, at the same stage.
 * @param ids Whose ids `limit_setuid` leaves, asked for only where it is set.
 * @throws {ScmpError} If libseccomp fails.
 */
export function buildStack(
  plan: Plan,
  policy: Policy,
  ids: () => Ids,
): Stack {
  const filter = buildFilter(plan);
  const { enforceDefaults, mode, plugins } = policy;
  const isEnforced = enforceDefaults && plugins.length > 0;
  const enforced = isEnforced ? conclude(buildFilter(plan)) : undefined;
  const refusal = mode === "log"
    ? ActLog
    : ActErrno.setReturnCode(policy.errno);
  const limit = policy.limitSetuid ? limitTo(ids(), refusal) : undefined;
  return {
    filter,
    conclude() {
      const concluded = conclude(filter);
      const layers: Layer[] = [];
      // A plugin that replaces the filter replaces the defaults with it.
      if (limit && (enforceDefaults || !concluded.journal.isReplaced)) {
        layers.push(limit);
      }
      if (mode === "log") {
        layers.push(rebuild("filter", logging(concluded.journal)));
        if (enforced) {
          layers.push(rebuild("enforce_defaults", logging(enforced.journal)));
        }
        return layers;
      }
      const own: Layer = { name: "filter", ...concluded };
      if (!enforced) return [...layers, own];
      const other: Layer = { name: "enforce_defaults", ...enforced };
      if (letsLoad(enforced.journal)) return [...layers, other, own];
      if (letsLoad(concluded.journal)) return [...layers, own, other];
      const opened = openForLoad(concluded.journal, enforced.journal);
      return [...layers, rebuild("filter", opened), other];
    },
  };
}

/** The filters that libseccomp made. */
export function journaled(
  layers: readonly Layer[],
): { readonly journal: Journal; readonly program: Uint8Array }[] {
  return layers.flatMap(({ journal, program }) =>
    journal ? [{ journal, program }] : []
  );
}

function limitTo(ids: Ids, refusal: ScmpAction): Layer {
  return {
    name: "limit_setuid",
    program: limitSetuid(ids, refusal, ABIS),
    journal: undefined,
    summary: `set*uid and set*gid: uid ${ids.uid} and gid ${ids.gid} only, ` +
      `or -1 where that changes nothing; else ${describeAction(refusal)}`,
  };
}

function rebuild(name: Layer["name"], journal: Journal): Layer {
  return { name, ...conclude(filterOf(journal)) };
}

/** The same filter, but that what it would refuse is logged and let pass. */
function logging(journal: Journal): Journal {
  const logged = (action: ScmpAction) => passes(action) ? action : ActLog;
  const defaultAction = logged(journal.defaultAction);
  const rules = decisive(journal.rules)
    .map((rule) => ({ ...rule, action: logged(rule.action) }))
    .filter(({ action }) => !action.equals(defaultAction));
  return {
    ...journal,
    defaultAction,
    badArchAction: logged(journal.badArchAction),
    rules,
  };
}

/**
 * The rules that decide: of a call that has one without conditions, the first
 * of those wins over all others (call_state.ts), and would no longer be there to
 * win if its action were the default one.
 */
function decisive(rules: readonly JournalRule[]): JournalRule[] {
  const winners = new Map<string, JournalRule>();
  const key = ({ syscall }: JournalRule, arch: ScmpArch) =>
    `${syscall.number} ${arch.token}`;
  for (const rule of rules) {
    if (rule.conditions.length > 0) continue;
    for (const arch of rule.architectures) {
      if (!winners.has(key(rule, arch))) winners.set(key(rule, arch), rule);
    }
  }
  return rules.flatMap((rule) => {
    const architectures = rule.architectures.filter((arch) =>
      (winners.get(key(rule, arch)) ?? rule) === rule
    );
    return architectures.length === 0 ? [] : [{ ...rule, architectures }];
  });
}

/** A filter's rules for seccomp(2) as this program makes it. */
function onSeccomp(
  { rules }: Journal,
): readonly [syscall: ScmpSyscall, rules: readonly JournalRule[]] {
  const syscall = getSyscallFromName("seccomp");
  const native = getNativeArch();
  return [
    syscall,
    rules.filter((rule) =>
      rule.syscall.number === syscall.number &&
      rule.architectures.includes(native)
    ),
  ];
}

/** Whether a filter certainly lets another one be loaded after it. */
function letsLoad(journal: Journal): boolean {
  const [, rules] = onSeccomp(journal);
  if (rules.some(({ action }) => !passes(action))) return false;
  return passes(journal.defaultAction) ||
    rules.some(({ conditions }) => conditions.length === 0);
}

/**
 * The same filter, but that it lets another one be loaded after it. Nothing is
 * lost by that, because the other one has the very same rules for seccomp(2).
 *
 * @throws {Error} If it refuses seccomp(2) in a way that the other does not.
 */
function openForLoad(journal: Journal, after: Journal): Journal {
  const [syscall, own] = onSeccomp(journal);
  const [, others] = onSeccomp(after);
  if (
    !journal.defaultAction.equals(after.defaultAction) ||
    own.map(describeRule).join() !== others.map(describeRule).join()
  ) {
    throw new Error(
      "enforce_defaults cannot be: configuration and plugin refuse seccomp in different ways, and loading " +
        "the second filter needs it; have the plugin allow it, the configuration refuses it all the same",
    );
  }
  const native = getNativeArch();
  const rules = journal.rules.flatMap((rule) => {
    if (!own.includes(rule)) return [rule];
    const architectures = rule.architectures.filter((arch) => arch !== native);
    return architectures.length === 0 ? [] : [{ ...rule, architectures }];
  });
  if (passes(journal.defaultAction)) return { ...journal, rules };
  const condition = makeCondition(0, CompareMaskedEqual, WORD, SET_MODE_FILTER);
  return {
    ...journal,
    rules: [...rules, {
      syscall,
      action: ActAllow,
      conditions: [condition],
      architectures: [native],
      exact: false,
      origin: "enforce_defaults",
    }],
  };
}

/** All that a rule does, as a text to compare. */
function describeRule({ action, conditions }: JournalRule): string {
  const parts = conditions.map(({ argument, op, operandOne, operandTwo }) =>
    `${argument} ${op} ${operandOne} ${operandTwo}`
  );
  return [action, ...parts].join(" & ");
}
