/**
 * Sets of rules as text, for tables and for generators: what a filter is told,
 * on x86_64.
 *
 * @module
 */
import {
  type ActionKind,
  ArchNative,
  ArchX32,
  ArchX86,
  CompareEqual,
  CompareGreater,
  CompareGreaterEqual,
  CompareLess,
  CompareLessOrEqual,
  CompareMaskedEqual,
  CompareNotEqual,
  getSyscallFromName,
  type Journal,
  type JournalRule,
  makeCondition,
  ScmpAction,
  type ScmpArch,
  type ScmpCompareOp,
  type ScmpCondition,
  ScmpError,
  ScmpFilter,
} from "../src/libseccomp/mod.ts";

/** One rule. */
export interface SetRule {
  readonly call: string;
  /** `Allow`, `Errno(1)`, … */
  readonly action: string;
  /** `arg0 <= 0x5`, `arg1 & 0xff == 0x1`; none: always. */
  readonly when?: readonly string[];
}

/** All that a filter is told. It is JSON as well. */
export interface RuleSet {
  readonly default: string;
  /** `KillThread` if left out. */
  readonly badArch?: string;
  /** Those beside the native one. */
  readonly architectures?: readonly ("x86" | "x32")[];
  /** 1 if left out. */
  readonly optimize?: number;
  readonly rules: readonly SetRule[];
}

const COMPARISONS: Readonly<Record<string, ScmpCompareOp>> = {
  "!=": CompareNotEqual,
  "<": CompareLess,
  "<=": CompareLessOrEqual,
  "==": CompareEqual,
  ">=": CompareGreaterEqual,
  ">": CompareGreater,
};
const ARCHES = { x86: ArchX86, x32: ArchX32 } as const;

/** An action by its text. */
export function parseAction(text: string): ScmpAction {
  const [, kind, code] = /^(\w+)(?:\((\d+)\))?$/.exec(text) ?? [];
  const action = ScmpAction.of(kind as ActionKind);
  return code === undefined ? action : action.setReturnCode(Number(code));
}

/** A condition by its text. */
export function parseCondition(text: string): ScmpCondition {
  const [, argument, mask, comparison, value] =
    /^arg(\d)(?: & (\w+))? ([=!<>]+) (\w+)$/.exec(text) ?? [];
  if (mask === undefined) {
    const op = COMPARISONS[comparison];
    return makeCondition(Number(argument), op, BigInt(value));
  }
  const values = [BigInt(mask), BigInt(value)];
  return makeCondition(Number(argument), CompareMaskedEqual, ...values);
}

/** The architectures of a set, the native one first. */
export function architecturesOf(set: RuleSet): ScmpArch[] {
  const further = (set.architectures ?? []).map((name) => ARCHES[name]);
  return [ArchNative, ...further];
}

/** A filter that was told what is in a set. */
export interface Told {
  readonly filter: ScmpFilter;
  /** For each rule, whether libseccomp took it. */
  readonly taken: readonly boolean[];
}

/** Tells a filter what is in a set, but for the rules that it refuses. */
export function tell(set: RuleSet): Told {
  const filter = new ScmpFilter(parseAction(set.default));
  if (set.badArch) filter.setBadArchAction(parseAction(set.badArch));
  if (set.optimize) filter.setOptimize(set.optimize);
  for (const arch of architecturesOf(set).slice(1)) filter.addArch(arch);
  const taken = set.rules.map((rule) => {
    const call = getSyscallFromName(rule.call);
    const action = parseAction(rule.action);
    const conditions = (rule.when ?? []).map(parseCondition);
    try {
      if (conditions.length === 0) filter.addRule(call, action);
      else filter.addRuleConditional(call, action, conditions);
      return true;
    } catch (error) {
      if (error instanceof ScmpError) return false;
      throw error;
    }
  });
  return { filter, taken };
}

/**
 * The journal of a filter that was told what is in a set, without libseccomp,
 * which does not come to an end with every set.
 *
 * @param taken Which rules it has; all if left out.
 */
export function journalOf(
  set: RuleSet,
  taken: readonly boolean[] = set.rules.map(() => true),
): Journal {
  const architectures = architecturesOf(set);
  return {
    defaultAction: parseAction(set.default),
    defaultOrigin: "",
    badArchAction: parseAction(set.badArch ?? "KillThread"),
    badArchOrigin: "",
    architectures,
    rules: set.rules.filter((_, index) => taken[index]).map((
      { call, action, when = [] },
    ): JournalRule => ({
      syscall: getSyscallFromName(call),
      action: parseAction(action),
      conditions: when.map(parseCondition),
      architectures,
      exact: false,
      origin: `rule for ${call}`,
    })),
    priorities: [],
    noNewPrivs: undefined,
    log: false,
    speculativeStoreBypass: false,
    waitKill: false,
    optimize: set.optimize,
    isReplaced: false,
  };
}
