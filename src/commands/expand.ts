import type { Stage } from "../launch/stage.ts";
import type { User } from "../launch/user.ts";
import { type CheckedPlugin, checkPlugin } from "../plugin/find.ts";
import type { Policy } from "../policy/policy.ts";
import type { Stack } from "../policy/stack.ts";
import type { Failure } from "./failure.ts";
import { type Supervised, supervisePlugins } from "./supervise.ts";

/** What plugins are called for. */
export interface Expansion {
  readonly policy: Policy;
  readonly stage: Stage;
  readonly failure: Failure;
  readonly showOutput: boolean;
  readonly user: User | undefined;
}

/**
 * Has the plugins of a policy change a filter.
 *
 * @param stack The filters, one of which plugins change.
 * @param expansion What they are called for.
 * @returns What watches over what plugins may have left behind.
 * @throws {PluginError} If a plugin cannot be trusted, or fails.
 */
export async function expand(
  stack: Stack,
  expansion: Expansion,
): Promise<Supervised> {
  const { policy, stage, failure, showOutput, user } = expansion;
  const plugins: CheckedPlugin[] = [];
  for (const plugin of policy.plugins) plugins.push(await checkPlugin(plugin));
  const supervised = supervisePlugins({
    policies: [policy],
    plugins,
    user,
    showOutput,
    exitCode: failure.exitCode,
    lastWords: (error) => failure.lastWords(error),
    fail: (error) => failure.end(error),
  });
  failure.stderr = supervised.stderr;
  await supervised.expand(stack.filter, stage, plugins, policy);
  return supervised;
}
