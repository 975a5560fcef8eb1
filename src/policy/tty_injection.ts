import {
  CompareEqual,
  CompareMaskedEqual,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  type ScmpCondition,
} from "../libseccomp/mod.ts";
import { describeAction, mayPass } from "./action.ts";
import { ConfigurationError } from "./error.ts";
import { anyWordExcept } from "./except.ts";
import type { Plan, PlannedRule } from "./plan.ts";
import type { Policy } from "./policy.ts";

/**
 * Puts bytes into a terminal's input, as if they had been typed (ioctl_tty(2)).
 */
const TIOCSTI = 0x5412;
/**
 * Its subcodes paste the console's selection into the input, among others
 * (ioctl_console(2)).
 */
const TIOCLINUX = 0x541c;
const INJECTIONS: readonly number[] = [TIOCSTI, TIOCLINUX];

/**
 * `cmd` of ioctl(2), an `unsigned int`: the kernel looks at only the low 32
 * bits.
 */
const REQUEST = 1;
const WORD = 0xffff_ffff;

const ORIGIN = "default: block_tty_injection";

/**
 * Has a plan refuse terminal injection, whatever else it says of ioctl.
 *
 * @param plan The plan.
 * @param policy Where the plan comes from, for messages.
 * @param refuse The action for it.
 * @returns The plan's rules, changed, and its notes.
 * @throws {ConfigurationError} If a profile lets ioctl pass on a condition that
 * cannot be narrowed.
 */
export function refuseTtyInjection(
  plan: Plan,
  policy: Policy,
  refuse: ScmpAction,
): Pick<Plan, "rules" | "notes"> {
  const { defaultAction } = plan;
  const whole = plan.rules.find(isWholeIoctl);
  if (whole && !mayPass(whole.action)) return plan;
  const { rules, notes } = whole ? withoutLosers(plan, whole) : plan;
  const narrowed = rules.flatMap((rule) =>
    rule.name === "ioctl" && mayPass(rule.action)
      ? narrow(rule, policy)
      : [rule]
  );
  if (!mayPass(defaultAction)) return { rules: narrowed, notes };
  const refusals = refuseInjections(refuse).filter((refusal) =>
    !refusal.action.equals(defaultAction) &&
    // A profile may refuse the very same, with an errno of its own.
    !narrowed.some((rule) => isSameCase(rule, refusal))
  );
  return { rules: [...narrowed, ...refusals], notes };
}

function isWholeIoctl({ name, conditions }: PlannedRule): boolean {
  return name === "ioctl" && conditions.length === 0;
}

/**
 * Leaves out what loses to the first rule for ioctl without conditions (see
 * call_state.ts): once that is narrowed it would no longer win. Refusals on a
 * condition stay; they are on the safe side.
 */
function withoutLosers(
  { rules, notes }: Plan,
  winner: PlannedRule,
): Pick<Plan, "rules" | "notes"> {
  const losers = rules.filter((rule) =>
    rule.name === "ioctl" && rule !== winner &&
    (isWholeIoctl(rule) || mayPass(rule.action))
  );
  const lost = losers.filter(({ action }) => !action.equals(winner.action))
    .map(({ action, origin }) =>
      `${origin}: ${describeAction(action)} for ioctl has no effect, as ` +
      `${describeAction(winner.action)} of ${winner.origin} decides`
    );
  return {
    rules: rules.filter((rule) => !losers.includes(rule)),
    notes: [...notes, ...lost],
  };
}

function refuseInjections(refuse: ScmpAction): PlannedRule[] {
  const syscall = getSyscallFromName("ioctl");
  return INJECTIONS.map((request) => ({
    name: "ioctl",
    syscall,
    action: refuse,
    conditions: [makeCondition(REQUEST, CompareMaskedEqual, WORD, request)],
    origin: ORIGIN,
  }));
}

/** Whether two rules are about the same request of ioctl. */
function isSameCase(rule: PlannedRule, refusal: PlannedRule): boolean {
  const [only, ...more] = rule.conditions;
  const [{ operandOne, operandTwo }] = refusal.conditions;
  return rule.name === "ioctl" && more.length === 0 &&
    only?.op === CompareMaskedEqual && only.argument === REQUEST &&
    only.operandOne === operandOne && only.operandTwo === operandTwo;
}

/** The rules that let pass what a rule does, but for terminal injection. */
function narrow(rule: PlannedRule, policy: Policy): PlannedRule[] {
  const onRequest = rule.conditions.find(({ argument }) =>
    argument === REQUEST
  );
  if (onRequest === undefined) {
    return anyWordExcept(REQUEST, INJECTIONS).map((condition) => ({
      ...rule,
      conditions: [...rule.conditions, condition],
    }));
  }
  const request = exactWord(onRequest);
  if (request === undefined) {
    throw new ConfigurationError([
      `${policy.file}: ${rule.origin} lets ioctl pass on a condition that block_tty_injection cannot narrow: ` +
      "name the requests one by one, or set block_tty_injection = false",
    ]);
  }
  return INJECTIONS.includes(request) ? [] : [rule];
}

/** The only request that a condition holds for, if there is only one. */
function exactWord(
  { op, operandOne, operandTwo }: ScmpCondition,
): number | undefined {
  if (op === CompareEqual) return Number(operandOne & BigInt(WORD));
  const isWhole = (operandOne & BigInt(WORD)) === BigInt(WORD);
  if (op === CompareMaskedEqual && isWhole) {
    return Number(operandTwo & BigInt(WORD));
  }
  return undefined;
}
