import { TrustError } from "../libc/trusted_file.ts";
import { checkPlugin } from "../plugin/find.ts";
import { PluginError } from "../plugin/error.ts";
import { ConfigurationError } from "../policy/error.ts";
import { loadPolicy, type NamedPlugin, type Policy } from "../policy/policy.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import { diagnoseLog } from "./log.ts";
import { explainTrust, findTrustFault } from "./trust.ts";

/** A configuration that was read, or why it was not. */
export interface ReadConfiguration {
  readonly policy?: Policy;
  readonly problems: readonly Diagnosis[];
}

/** Reads a configuration, whatever comes of it. */
export async function readConfiguration(
  file: string,
): Promise<ReadConfiguration> {
  try {
    return { policy: await loadPolicy(file), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: explain(error) };
  }
}

function explain(
  { cause, isUnreadable, problems }: ConfigurationError,
): Diagnosis[] {
  if (cause instanceof TrustError) {
    const { message, mend } = explainTrust(cause);
    return [problem("file", message, mend)];
  }
  const mend = isUnreadable
    ? "give the path of a jacamar.toml"
    : "correct it: docs/configuration.md tells of every key";
  return problems.map((each) => problem("file", each, mend));
}

/** Whether a configuration, and the files that it names, are as they should be. */
export async function* diagnoseConfiguration(
  { policy, problems }: ReadConfiguration,
): AsyncGenerator<Diagnosis> {
  yield* problems;
  if (policy === undefined) return;
  yield ok("file", `${policy.file} is understood`);
  yield diagnoseMode(policy);
  yield diagnoseLog(policy.logging, policy.disabled);
  if (policy.disabled) return;
  if (policy.profile !== undefined) yield diagnoseProfile(policy.profile.file);
  for (const plugin of pluginsOf(policy)) yield await diagnosePlugin(plugin);
}

function diagnoseMode({ disabled, mode }: Policy): Diagnosis {
  const name = "mode";
  if (disabled) {
    return warning(
      name,
      "every driver is executed without a filter",
      "take out disabled = true",
    );
  }
  if (mode === "log") {
    return warning(
      name,
      "what would be refused is logged, and carried out",
      'say mode = "enforce" once the policy has been tried out',
    );
  }
  return ok(name, "filters are enforced");
}

function diagnoseProfile(file: string): Diagnosis {
  const name = "profile";
  const fault = findTrustFault(file);
  return fault === undefined
    ? ok(name, file)
    : problem(name, fault.message, fault.mend);
}

/** Those of all stages, each once. */
function pluginsOf(policy: Policy): Iterable<NamedPlugin> {
  const lists = [policy, ...policy.stages.values()];
  const plugins = lists.flatMap((list) => list.plugins);
  return new Map(
    plugins.map((plugin) => [`${plugin.file}\n${plugin.sha256}`, plugin]),
  ).values();
}

async function diagnosePlugin(plugin: NamedPlugin): Promise<Diagnosis> {
  const name = "plugin";
  try {
    const { file } = await checkPlugin(plugin);
    const digest = plugin.sha256 === undefined ? "" : ", with its digest";
    return ok(name, `${file}${digest}`);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const { cause, message } = error;
    if (cause instanceof TrustError) {
      const { mend } = explainTrust(cause);
      return problem(name, message.replace(`: ${mend}`, ""), mend);
    }
    const mend = message.includes("validation_plugin_sha256")
      ? "see who changed it and why, then give the new digest"
      : "correct the plugin: docs/plugins.md tells what it may be";
    return problem(name, message, mend);
  }
}
