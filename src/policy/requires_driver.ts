import type { SeccompData } from "../bpf/seccomp_data.ts";
import { describeEffect, isCarriedOut } from "./effect.ts";
import { StartError } from "./refuses_execve.ts";
import { simulate } from "./simulate.ts";
import type { Layer } from "./stack.ts";

/**
 * Makes sure that the filters let the driver start: a rule may refuse execve
 * for some arguments only, and once the filters are on, it is too late to say
 * why.
 *
 * @param layers The filters in the order in which they are loaded; at least one.
 * @param execve The very call that starts the driver.
 * @throws {StartError} If it is refused.
 */
export function requireDriver(
  layers: readonly Layer[],
  execve: SeccompData,
): void {
  const { action, decidedBy } = simulate(layers, execve);
  if (isCarriedOut(action)) return;
  throw new StartError({
    reason: `execve is refused with its arguments: ${describeEffect(action)}`,
    origins: decidedBy.origins,
  });
}
