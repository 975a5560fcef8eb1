import type { Meaning } from "../bpf/meaning.ts";
import { decisive } from "../libseccomp/decisive.ts";
import { meaningOf } from "../libseccomp/meaning.ts";
import {
  ActAllow,
  ActLog,
  type Journal,
  type JournalRule,
  type ScmpAction,
} from "../libseccomp/mod.ts";
import { passes } from "./action.ts";

/** A filter under `mode = "log"`. */
export interface Logging {
  /** What shall become of each call: what was refused is logged and passes. */
  readonly meaning: Meaning;
  /**
   * Filters that do so together. Two where a call has rules that let it pass and
   * others that refuse it: what is refused is the default action now, and rules
   * that say the same as that are not possible.
   */
  readonly journals: readonly [Journal, ...Journal[]];
}

/** The same filter, but that what it would refuse is logged and let pass. */
export function logging(asked: Journal): Logging {
  const defaultAction = logged(asked.defaultAction);
  const badArchAction = logged(asked.badArchAction);
  // One that decides would no longer be there to win if it became the default.
  const rules = decisive(asked.rules).map((rule) => ({
    ...rule,
    action: logged(rule.action),
  }));
  const whole = { ...asked, defaultAction, badArchAction, rules };
  const [said, unsaid] = [false, true].map((isDefault) =>
    rules.filter(({ action }) => action.equals(defaultAction) === isDefault)
  );
  const lost = unsaid.filter((rule) => said.some(sharesCall(rule)));
  const first = { ...whole, rules: said };
  return {
    meaning: meaningOf(whole),
    journals: lost.length === 0 ? [first] : [first, {
      ...whole,
      defaultAction: ActAllow,
      badArchAction: ActAllow,
      rules: lost,
    }],
  };
}

function logged(action: ScmpAction): ScmpAction {
  return passes(action) ? action : ActLog;
}

function sharesCall({ syscall, architectures }: JournalRule) {
  return (other: JournalRule) =>
    other.syscall.number === syscall.number &&
    other.architectures.some((arch) => architectures.includes(arch));
}
