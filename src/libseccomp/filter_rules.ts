import { checkAction, checkConditions, checkSyscall } from "./_rule.ts";
import type { ScmpAction } from "./action.ts";
import type { ScmpCondition } from "./condition.ts";
import { bodyOf, FilterAttributes } from "./filter_attributes.ts";
import type { ScmpSyscall } from "./syscall.ts";

/** Frozen as all of a journal is, which plugins can read. */
const NONE: readonly ScmpCondition[] = Object.freeze([]);

/** The rules of a filter: what holds for single calls. */
export class FilterRules extends FilterAttributes {
  /**
   * Adds a rule for a call, whatever its arguments.
   *
   * @param syscall The call.
   * @param action What to do; not the default action.
   * @throws {ScmpError} `EACCES` for the default action, `EEXIST` if it
   * contradicts a rule that is there already, `EINVAL` for a call that does not
   * exist, `EFAULT` for one that libseccomp has no name for, in a filter of
   * several architectures, `E2BIG` if the filter could become too large.
   *
   * Source: seccomp_rule_add(3); `AddRule` of libseccomp-golang.
   */
  addRule(syscall: ScmpSyscall, action: ScmpAction): void {
    this.#add(syscall, action, NONE, false);
  }

  /**
   * Adds a rule for a call as {@linkcode FilterRules.addRule} does, and fails
   * where that cannot be done exactly so.
   *
   * @throws {ScmpError} Also `EOPNOTSUPP` for a filter of several
   * architectures.
   *
   * Source: seccomp_rule_add_exact(3); `AddRuleExact` of libseccomp-golang.
   */
  addRuleExact(syscall: ScmpSyscall, action: ScmpAction): void {
    this.#add(syscall, action, NONE, true);
  }

  /**
   * Adds a rule for a call whose arguments meet all of the conditions.
   *
   * @param syscall The call.
   * @param action What to do; not the default action.
   * @param conditions At least one, and no two of them on the same argument.
   * @throws {ScmpError} As {@linkcode FilterRules.addRule}; also `EINVAL`
   * without conditions, or with two on one argument.
   *
   * Source: seccomp_rule_add_array(3); `AddRuleConditional` of
   * libseccomp-golang.
   */
  addRuleConditional(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
  ): void {
    this.#add(syscall, action, checkConditions(conditions), false);
  }

  /**
   * Adds a conditional rule as {@linkcode FilterRules.addRuleConditional} does,
   * and fails where that cannot be done exactly so.
   *
   * Source: seccomp_rule_add_exact_array(3); `AddRuleConditionalExact` of
   * libseccomp-golang.
   */
  addRuleConditionalExact(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
  ): void {
    this.#add(syscall, action, checkConditions(conditions), true);
  }

  #add(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
    exact: boolean,
  ): void {
    checkAction(action);
    checkSyscall(syscall);
    bodyOf(this).addRule({ syscall, action, conditions, exact });
  }
}
