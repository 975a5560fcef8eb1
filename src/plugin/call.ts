import type { ScmpFilter } from "../libseccomp/mod.ts";
import {
  describeThrown,
  describeValue,
  placeOf,
  PluginError,
} from "./error.ts";
import type { SeccompContext, SeccompExpansion } from "./expansion.ts";
import { importError } from "./import_error.ts";

/** The name under which a plugin exports its function. */
const EXPORT = "seccompExpansion";

/** A request to the plugins. */
export interface PluginRequest {
  /** The plugins' files, absolute, in the order in which they are called. */
  readonly plugins: readonly string[];
  readonly filter: ScmpFilter;
  readonly context: SeccompContext;
  /** Names the plugin whose rules come next. */
  readonly announce: (plugin: string) => void;
}

/**
 * Imports the plugins and lets each change the filter, one after the other.
 *
 * @returns When all of them are done.
 * @throws {PluginError} As soon as one cannot be imported, does not export what
 * it should, or fails.
 */
export async function callPlugins(request: PluginRequest): Promise<void> {
  // Before the first has a say in what becomes of the second's path.
  const named = request.plugins.map((plugin) => ({
    plugin,
    url: fileUrl(plugin),
  }));
  for (const { plugin, url } of named) {
    request.announce(plugin);
    await callExpansion(plugin, await importExpansion(plugin, url), request);
  }
  await turnEventLoop();
}

/**
 * Lets the function that a plugin exports change a filter.
 *
 * @param plugin Whose function it is, for messages.
 * @throws {PluginError} If it fails, or returns what it should not.
 */
export async function callExpansion(
  plugin: string,
  expand: SeccompExpansion,
  { filter, context }: Pick<PluginRequest, "filter" | "context">,
): Promise<void> {
  let returned: unknown;
  try {
    returned = await expand(filter, context.stage, context);
    if (returned instanceof Error) throw returned;
  } catch (thrown) {
    throw new PluginError(plugin, describeThrown(thrown), {
      cause: thrown,
      place: placeOf(thrown),
    });
  }
  if (returned === undefined || returned === null) return;
  throw new PluginError(
    plugin,
    `${EXPORT} returned ${
      describeValue(returned)
    }; it returns nothing, or an Error to fail the job`,
  );
}

/**
 * Lets the event loop go round once: what a plugin forgot to await may already
 * have failed, and is told only there. A message to oneself takes that way and
 * costs less than a timer, whose first use loads modules.
 */
export async function turnEventLoop(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise<unknown>((done) => {
    port2.onmessage = done;
    port1.postMessage(null);
  });
  port1.close();
}

async function importExpansion(
  plugin: string,
  url: string,
): Promise<SeccompExpansion> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(url);
  } catch (thrown) {
    throw importError(plugin, thrown);
  }
  const expand = module[EXPORT];
  if (typeof expand === "function") return expand as SeccompExpansion;
  const found = Object.keys(module);
  const exports = found.length === 0 ? "nothing" : `only ${found.join(", ")}`;
  throw new PluginError(
    plugin,
    expand === undefined
      ? `${plugin} must export a function ${EXPORT}; it exports ${exports}`
      : `${plugin} must export a function ${EXPORT}; it exports ${
        describeValue(expand)
      } of that name`,
  );
}

function fileUrl(path: string): string {
  const url = new URL("file:///");
  url.pathname = path.replaceAll("%", "%25").replaceAll("\\", "%5C").replaceAll(
    "\n",
    "%0A",
  )
    .replaceAll("\r", "%0D").replaceAll("\t", "%09");
  return url.href;
}
