import { attribute, makeFilter } from "../libseccomp/host.ts";
import {
  ActKillProcess,
  getAPI,
  ScmpError,
  type ScmpFilter,
} from "../libseccomp/mod.ts";
import { ConfigurationError } from "./error.ts";
import type { Plan, PlannedRule } from "./plan.ts";

/** The first API level with ActKillProcess (seccomp_api_get(3)). */
const KILL_PROCESS_API = 3;

/**
 * Builds the filter that a plan asks for.
 *
 * @param plan The plan; it can be built any number of times.
 * @returns The filter, which the caller releases or concludes.
 * @throws {ConfigurationError} If libseccomp does not take one of the rules, as
 * where a profile contradicts itself.
 * @throws {ScmpError} If libseccomp fails otherwise.
 */
export function buildFilter(plan: Plan): ScmpFilter {
  const filter = makeFilter(plan.defaultAction, plan.defaultOrigin);
  try {
    // A process of which one thread is killed and the others wait for it is no
    // better off than a dead one.
    if (getAPI() >= KILL_PROCESS_API) filter.setBadArchAction(ActKillProcess);
    if (plan.log) filter.setLogBit(true);
    if (plan.speculativeStoreBypass) filter.setSSB(true);
    for (const arch of plan.architectures) filter.addArch(arch);
    for (const rule of plan.rules) add(filter, rule);
    attribute(filter, "");
    return filter;
  } catch (cause) {
    filter.release();
    throw cause;
  }
}

function add(
  filter: ScmpFilter,
  { syscall, action, conditions, origin }: PlannedRule,
): void {
  attribute(filter, origin);
  try {
    if (conditions.length === 0) filter.addRule(syscall, action);
    else filter.addRuleConditional(syscall, action, conditions);
  } catch (cause) {
    if (!(cause instanceof ScmpError)) throw cause;
    throw new ConfigurationError([`${origin}: ${cause.message}`], { cause });
  }
}
