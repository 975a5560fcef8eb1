import { ALLOW, precedence } from "../src/bpf/action.ts";
import { decode } from "../src/bpf/program.ts";
import { runAll } from "../src/bpf/run.ts";
import {
  ActErrno,
  getNativeArch,
  getSyscallFromName,
} from "../src/libseccomp/mod.ts";
import type { NamedCall, Policy } from "../src/policy/policy.ts";
import type { Layer } from "../src/policy/stack.ts";

/**
 * Finds a call that a policy's lists refuse or allow and its filters do not.
 * Looks at the lists and the programs alone: at nothing of what lies between.
 *
 * @param policy A policy that is not disabled, at its stage.
 * @param layers What is to be loaded for it.
 * @returns What is wrong, or `undefined`.
 */
export function findBreach(
  policy: Policy,
  layers: readonly Layer[],
): string | undefined {
  if (layers.length === 0) return "there is no filter";
  if (policy.mode === "log") return undefined;
  const programs = layers.flatMap((layer) => layer.programs).map(decode);
  const answer = (number: number) =>
    runAll(programs, {
      number,
      architecture: getNativeArch().token,
      args: [],
    });
  const refusal = ActErrno.setReturnCode(policy.errno).toNative();
  const hasPlugin = policy.plugins.length > 0;
  const isKept = !hasPlugin || policy.enforceDefaults;
  for (const { name, number } of isKept ? named(policy.blockCalls) : []) {
    const action = answer(number);
    const isRefused = hasPlugin
      ? precedence(action) <= precedence(refusal)
      : action === refusal;
    if (!isRefused) return `${name} is refused, and gets ${action}`;
  }
  // What limit_setuid refuses is refused whatever is allowed.
  if (hasPlugin || policy.limitSetuid) return undefined;
  for (const { name, number } of named(policy.allowCalls)) {
    const action = answer(number);
    if (action !== ALLOW) return `${name} is allowed, and gets ${action}`;
  }
  const isListed = [...policy.allowCalls, ...policy.blockCalls]
    .some(({ name }) => name === "getpid" || name.startsWith("@"));
  if (isListed || policy.profile) return undefined;
  const rest = answer(getSyscallFromName("getpid").number);
  if (rest === (policy.blockAll ? refusal : ALLOW)) return undefined;
  return `getpid is in no list, and gets ${rest}`;
}

/** The calls of a list that exist here. */
function named(
  calls: readonly NamedCall[],
): { name: string; number: number }[] {
  return calls.filter(({ name }) => !name.startsWith("@"))
    .map(({ name }) => ({ name, number: getSyscallFromName(name).number }))
    .filter(({ number }) => number >= 0);
}
