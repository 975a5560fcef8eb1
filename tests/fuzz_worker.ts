/**
 * Goes the way of `exec` up to the launch, again and again in one process: a
 * line of standard input is one request, a line of standard output its answer.
 *
 * @module
 */
import { requireExecve } from "../src/policy/refuses_execve.ts";
import { effectiveUser } from "../src/launch/user.ts";
import { attribute, lend } from "../src/libseccomp/host.ts";
import {
  getAPI,
  getLibraryVersion,
  getNativeArch,
  type ScmpFilter,
  setAPI,
} from "../src/libseccomp/mod.ts";
import { callExpansion, turnEventLoop } from "../src/plugin/call.ts";
import { PluginError } from "../src/plugin/error.ts";
import { checkPlugin } from "../src/plugin/find.ts";
import { importError } from "../src/plugin/import_error.ts";
import { planRules } from "../src/policy/plan.ts";
import { atStage, loadPolicy, type Policy } from "../src/policy/policy.ts";
import { buildStack } from "../src/policy/stack.ts";
import { findBreach } from "./fuzz_breach.ts";

/** What is to be gone through. */
export interface FuzzRequest {
  readonly configuration: string;
  readonly stage: string;
}

/** What came of it. */
export type FuzzAnswer =
  | { readonly outcome: "disabled" }
  /** Filters that were proven, and what they do that they should not. */
  | { readonly outcome: "filtered"; readonly breach?: string | undefined }
  | {
    readonly outcome: "refused";
    readonly name: string;
    readonly why: string;
  };

const api = getAPI();
let cases = 0;

async function evaluate(
  { configuration, stage }: FuzzRequest,
): Promise<FuzzAnswer> {
  try {
    const general = await loadPolicy(configuration, () => {});
    const policy = atStage(general, stage);
    if (policy.disabled) return { outcome: "disabled" };
    const plan = await planRules(policy);
    const stack = buildStack(plan, policy, effectiveUser);
    await expand(stack.filter, policy, stage);
    const layers = stack.conclude();
    requireExecve(layers);
    return { outcome: "filtered", breach: findBreach(policy, layers) };
  } catch (error) {
    // What is thrown says what kind of mistake it was, a bug among them.
    const { name, message } = error instanceof Error
      ? error
      : { name: "none", message: String(error) };
    return { outcome: "refused", name, why: message };
  } finally {
    setAPI(api);
  }
}

async function expand(
  filter: ScmpFilter,
  policy: Policy,
  stage: string,
): Promise<void> {
  if (policy.plugins.length === 0) return;
  const files: string[] = [];
  for (const plugin of policy.plugins) {
    files.push((await checkPlugin(plugin)).file);
  }
  lend(filter);
  const context = Object.freeze({
    ...{ stage, configuration: policy.file, ...effectiveUser() },
    architecture: getNativeArch().name,
    kernel: Deno.osRelease(),
    libseccomp: getLibraryVersion(),
  });
  for (const file of files) {
    attribute(filter, `plugin ${file}`);
    await callExpansion(file, await load(file), { filter, context });
  }
  await turnEventLoop();
}

/** The plugin's function; each case's file is another module. */
async function load(file: string) {
  let module;
  try {
    module = await import(`file://${file}?${cases}`);
  } catch (thrown) {
    throw importError(file, thrown);
  }
  if (typeof module.seccompExpansion === "function") {
    return module.seccompExpansion;
  }
  throw new PluginError(file, "no function");
}

/** Cuts a stream into lines. */
class Lines extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}

if (import.meta.main) {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new Lines());
  for await (const line of lines) {
    cases++;
    const answer = await evaluate(JSON.parse(line));
    Deno.stdout.writeSync(
      new TextEncoder().encode(`${JSON.stringify(answer)}\n`),
    );
  }
}
