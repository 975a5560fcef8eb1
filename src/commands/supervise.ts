import { attribute, lend } from "../libseccomp/host.ts";
import {
  getLibraryVersion,
  getNativeArch,
  ScmpAction,
  ScmpArch,
  ScmpCompareOp,
  ScmpError,
  ScmpFilter,
  ScmpSyscall,
  VersionError,
} from "../libseccomp/mod.ts";
import {
  type LastWord,
  leaveLastWords,
  makeDeadline,
} from "../launch/latch.ts";
import { keepDirectory } from "../launch/directory.ts";
import { recordSignals } from "../launch/signals.ts";
import { keepStdio } from "../launch/stdio.ts";
import type { User } from "../launch/user.ts";
import { recordBuiltins } from "../plugin/builtins.ts";
import { callPlugins } from "../plugin/call.ts";
import type { CheckedPlugin } from "../plugin/find.ts";
import { lockBuiltins } from "../plugin/lock.ts";
import { revokePermissions } from "../plugin/confine.ts";
import { describeThrown, placeOf, PluginError } from "../plugin/error.ts";
import type { Policy } from "../policy/policy.ts";

/**
 * What the plugins' supervisor needs to know of the command that it works for.
 */
export interface Supervision {
  /** Every plugin that will be called. */
  readonly plugins: readonly CheckedPlugin[];
  /** Whose plugins these are, at least one. */
  readonly policies: readonly Policy[];
  /** Whom the job is for, if that was said. */
  readonly user: User | undefined;
  /**
   * With which the process ends if a plugin ends it; the exit latch must be on.
   */
  readonly exitCode: number;
  /** Whether a plugin's output is shown on standard error. */
  readonly showOutput: boolean;
  /** What to write where if the process ends while a plugin has it. */
  readonly lastWords: (error: PluginError) => readonly LastWord[];
  /**
   * Called with what a plugin did outside of its call: an unhandled rejection,
   * the end of the process.
   */
  readonly fail: (error: PluginError) => never;
}

/** Plugins on their lead. */
export interface Supervised {
  /** The descriptor of standard error while the plugins have none. */
  readonly stderr: number;
  /**
   * Has some of a policy's plugins change a filter, in this order. Their time
   * runs on until they are called for another filter, or the end: what
   * libseccomp makes of their rules counts too.
   *
   * @throws {PluginError} If one fails or the time is over.
   */
  expand(
    filter: ScmpFilter,
    stage: string,
    plugins: readonly CheckedPlugin[],
    policy: Policy,
  ): Promise<void>;
  /**
   * Makes sure that the plugins left what this program's code relies on as it
   * was. To be called when all of them are done and nothing is waited for any
   * more.
   *
   * @throws {PluginError} If a built-in object was changed, or what becomes of
   * a signal.
   */
  requireIntact(): void;
  /**
   * Stops the time, gives the standard descriptors back and the current
   * directory.
   */
  end(): void;
}

/**
 * Gives everything up that plugins must not have: permissions, the standard
 * descriptors, the power to end the process well or never to return. There is
 * no way back; all that the caller needs must be open by now.
 */
export function supervisePlugins(supervision: Supervision): Supervised {
  const { policies, exitCode, showOutput, lastWords, fail, user } = supervision;
  const files = supervision.plugins.map(({ file }) => file);
  const facts = {
    uid: Deno.uid() ?? 0,
    gid: Deno.gid() ?? 0,
    architecture: getNativeArch().name,
    kernel: Deno.osRelease(),
    libseccomp: getLibraryVersion(),
    user: user && Object.freeze(user),
  };
  let current = files[0];
  let isOver = false;
  const limits = new Set(policies.map((policy) => policy.pluginTimeout / 1000));
  const stuck =
    `it did not return within ${
      [...limits].join(" or ")
    } s (plugin_timeout), ` +
    "waits for what never comes, or ended the process";
  // A profile's guard has left its own.
  if (policies.every(({ profile }) => profile === undefined)) {
    leaveLastWords(lastWords(new PluginError(files.join(", "), stuck)));
  }
  const deadline = makeDeadline(exitCode);
  watchGlobalEvents((message, place) => {
    if (!isOver) fail(new PluginError(current, message, { place }));
  });
  lockBuiltins(REACHABLE);
  const findChange = recordBuiltins(REACHABLE);
  const hasSameSignals = recordSignals();
  // From here on errors have to be told on another descriptor.
  const restoreDirectory = keepDirectory();
  const stdio = keepStdio(showOutput);
  revokePermissions(supervision.plugins.some((plugin) => plugin.isNodeUsed));
  return {
    stderr: stdio.stderr,
    async expand(filter, stage, plugins, policy) {
      lend(filter);
      deadline.start(policy.pluginTimeout);
      const request = {
        plugins: plugins.map(({ file }) => file),
        filter,
        context: Object.freeze({
          stage,
          configuration: policy.file,
          ...facts,
        }),
        announce(plugin: string) {
          current = plugin;
          attribute(filter, `plugin ${plugin}`);
        },
      };
      await callPlugins(request);
    },
    requireIntact() {
      const changed = findChange();
      if (changed !== undefined) {
        throw new PluginError(
          current,
          `it changed ${changed}, which this program relies on`,
        );
      }
      // The driver would not find ignored what was, and a signal that ends the
      // job may have been swallowed.
      if (hasSameSignals()) return;
      throw new PluginError(current, "it listens for a signal");
    },
    end() {
      isOver = true;
      deadline.stop();
      stdio.restore();
      restoreDirectory();
    },
  };
}

/** Classes of this program that plugins are given, or objects of. */
const REACHABLE = {
  ScmpFilter,
  ScmpAction,
  ScmpArch,
  ScmpCompareOp,
  ScmpError,
  ScmpSyscall,
  VersionError,
  "the rules of ScmpFilter": Object.getPrototypeOf(ScmpFilter),
  "the attributes of ScmpFilter": Object.getPrototypeOf(
    Object.getPrototypeOf(ScmpFilter),
  ),
};

/** What a plugin leaves behind may fail later, or end the process. */
function watchGlobalEvents(
  fail: (message: string, place?: string) => void,
): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    const { reason } = event;
    fail(
      `it left a rejection unhandled: ${describeThrown(reason)}`,
      placeOf(reason),
    );
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    const { error } = event;
    fail(`it left an error uncaught: ${describeThrown(error)}`, placeOf(error));
  });
  globalThis.addEventListener("unload", () => fail("it ended the process"));
}
