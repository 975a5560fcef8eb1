import { attribute, lend } from "../libseccomp/host.ts";
import { getLibraryVersion, getNativeArch } from "../libseccomp/mod.ts";
import { callExpansion, turnEventLoop } from "../plugin/call.ts";
import type { SeccompContext, SeccompExpansion } from "../plugin/expansion.ts";
import { planRules } from "../policy/plan.ts";
import { atStage, type Policy } from "../policy/policy.ts";
import { requireExecve } from "../policy/refuses_execve.ts";
import { buildStack } from "../policy/stack.ts";
import { type ConfigurationLike, policyOf } from "./configuration.ts";
import { Expansion } from "./expansion.ts";

/** For whom and for what a plugin is called. */
export interface ExpandOptions {
  /** The stage; `step_script` if left out. */
  readonly stage?: string;
  /**
   * The keys of `[auth.seccomp]`, as an object or as TOML text, or the text of a
   * whole `jacamar.toml`. Left out: none, so that the defaults hold, and
   * terminal injection is refused. Its `validation_plugin` is not called.
   */
  readonly configuration?: ConfigurationLike;
  /** Whom `--user` names; 0 to 2³²−2 each. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /**
   * What else the plugin is told, in place of what `jacamar-auth` on Linux 6.1
   * would have it told: `uid` and `gid` 0, `configuration`
   * `/etc/jacamar/jacamar.toml`. The filter is always this machine's, whatever
   * `architecture` and `libseccomp` say.
   */
  readonly context?: Partial<Omit<SeccompContext, "stage" | "user">>;
  /** What the origin of the plugin's rules is called; `plugin` if left out. */
  readonly origin?: string;
}

/** One more is (uid_t) −1, which is no id. */
const HIGHEST_ID = 0xffff_fffe;

/**
 * Lets a plugin change a filter as `exec` does: from the configuration to the
 * filter, to the plugin, to the program and its proof. Nothing is loaded, and
 * from then on nothing can be in this process, as in `exec`.
 *
 * @param plugin The function that the plugin exports.
 * @param options For whom and for what it is called.
 * @throws {PluginError} If the plugin fails, with its message.
 * @throws {ConfigurationError} If the configuration cannot be used.
 * @throws {ProofError} If the filter's program is not proven.
 * @throws {StartError} If the filter refuses execve, with which no driver could
 * be started.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ActErrno, errno, getSyscallFromName } from "jacamar-seccomp";
 * import { expand, simulate } from "jacamar-seccomp/testing";
 *
 * const expansion = await expand((filter, stage) => {
 *   if (stage === "after_script") {
 *     filter.addRule(getSyscallFromName("ptrace"), ActErrno.setReturnCode(errno.ENOSYS));
 *   }
 * }, { stage: "after_script", configuration: { limit_setuid: true }, user: { uid: 1000, gid: 100 } });
 * assert.equal(simulate(expansion, "ptrace").errno, "ENOSYS");
 * assert.equal(simulate(expansion, "setuid", 0).errno, "EPERM");
 * ```
 */
export async function expand(
  plugin: SeccompExpansion,
  options: ExpandOptions = {},
): Promise<Expansion> {
  if (typeof plugin !== "function") {
    throw new TypeError(
      "expand takes the function that the plugin exports, seccompExpansion",
    );
  }
  const { stage = "step_script", origin = "plugin", configuration = {} } =
    options;
  const user = checkUser(options.user);
  const context: SeccompContext = Object.freeze({
    uid: 0,
    gid: 0,
    architecture: getNativeArch().name,
    kernel: "6.1.0",
    libseccomp: getLibraryVersion(),
    configuration: "/etc/jacamar/jacamar.toml",
    ...options.context,
    stage,
    user,
  });
  const general = await policyOf(context.configuration, configuration);
  const policy = withPlugin(atStage(general, stage), origin);
  const plan = await planRules(policy, () => context.kernel);
  const { filter, conclude } = buildStack(plan, policy, () => user ?? context);
  lend(filter);
  attribute(filter, origin);
  await callExpansion(origin, plugin, { filter, context });
  await turnEventLoop();
  const filters = conclude();
  requireExecve(filters);
  return new Expansion(stage, filters, plan.notes);
}

/** What is configured is not called; but that there is a plugin matters. */
function withPlugin(policy: Policy, origin: string): Policy {
  if (policy.disabled) {
    throw new Error("the configuration is disabled: it calls no plugin");
  }
  return { ...policy, plugins: [{ file: origin, sha256: undefined }] };
}

function checkUser(user: ExpandOptions["user"]): ExpandOptions["user"] {
  if (user === undefined) return undefined;
  for (const id of [user.uid, user.gid]) {
    if (Number.isInteger(id) && id >= 0 && id <= HIGHEST_ID) continue;
    throw new RangeError(`an id is one from 0 to ${HIGHEST_ID}, not ${id}`);
  }
  return Object.freeze({ ...user });
}
