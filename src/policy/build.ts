import { attribute } from "../libseccomp/host.ts";
import { ActKillProcess, getAPI, ScmpFilter } from "../libseccomp/mod.ts";
import type { Plan } from "./plan.ts";

/** The first API level with ActKillProcess (seccomp_api_get(3)). */
const KILL_PROCESS_API = 3;

/**
 * Builds the filter that a plan asks for.
 *
 * @param plan The plan; it can be built any number of times.
 * @returns The filter, which the caller releases or concludes.
 * @throws {ScmpError} If libseccomp fails.
 */
export function buildFilter(plan: Plan): ScmpFilter {
  const filter = new ScmpFilter(plan.defaultAction);
  try {
    // A process of which one thread is killed and the others wait for it is no
    // better off than a dead one.
    if (getAPI() >= KILL_PROCESS_API) filter.setBadArchAction(ActKillProcess);
    if (plan.log) filter.setLogBit(true);
    if (plan.speculativeStoreBypass) filter.setSSB(true);
    for (const arch of plan.architectures) filter.addArch(arch);
    for (const { syscall, action, conditions, origin } of plan.rules) {
      attribute(filter, origin);
      if (conditions.length === 0) filter.addRule(syscall, action);
      else filter.addRuleConditional(syscall, action, conditions);
    }
    attribute(filter, "");
    return filter;
  } catch (cause) {
    filter.release();
    throw cause;
  }
}
