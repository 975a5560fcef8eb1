import {
  ActAllow,
  ActErrno,
  getNativeArch,
  getSyscallFromName,
  type ScmpAction,
  type ScmpArch,
  type ScmpCondition,
  ScmpError,
  type ScmpSyscall,
} from "../libseccomp/mod.ts";
import type { NamedCall, Policy } from "./policy.ts";
import { refuseTtyInjection } from "./tty_injection.ts";

/** A rule that a filter shall have. */
export interface PlannedRule {
  readonly name: string;
  readonly syscall: ScmpSyscall;
  readonly action: ScmpAction;
  readonly conditions: readonly ScmpCondition[];
  readonly origin: string;
}

/** What the filter of a policy is made of, before any plugin has seen it. */
export interface Plan {
  readonly defaultAction: ScmpAction;
  /** Who chose it: a key, or a profile; empty where nobody did. */
  readonly defaultOrigin: string;
  /** The ABIs that it covers, the native one among them. */
  readonly architectures: readonly ScmpArch[];
  readonly rules: readonly PlannedRule[];
  readonly log: boolean;
  readonly speculativeStoreBypass: boolean;
  /** What was asked for and is skipped, one sentence each. */
  readonly notes: readonly string[];
}

/** A system call that a list names, itself or by a group. */
interface ListedCall {
  readonly name: string;
  readonly syscall: ScmpSyscall;
  readonly origin: string;
  readonly isOfGroup: boolean;
}

/**
 * Works out the rules that a policy asks for.
 *
 * @param policy A policy that is not disabled, at one stage.
 * @param kernel The kernel's release that a profile is read for; asked only
 * where there is one.
 * @returns The plan.
 * @throws {ConfigurationError} For the name of an unknown system call, group or
 * capability, an architecture that libseccomp does not take, or a profile that
 * cannot be used.
 */
export async function planRules(
  policy: Policy,
  kernel: () => string = Deno.osRelease,
): Promise<Plan> {
  const refuse = ActErrno.setReturnCode(policy.errno);
  const base = await readBase(policy, refuse, kernel);
  const notes = [...base.notes];
  if (policy.architectures !== undefined) {
    const { checkArchitectures } = await import("./covered.ts");
    await checkArchitectures(policy, notes);
  }
  const allowed = await resolve(policy.allowCalls, policy, notes);
  const refused = await resolve(policy.blockCalls, policy, notes);
  const configured = new Map<string, PlannedRule>();
  // A name beats a group; of two groups, the one that refuses does.
  for (const ofGroup of [true, false]) {
    for (
      const [calls, action] of [[allowed, ActAllow], [refused, refuse]] as const
    ) {
      for (const { isOfGroup, ...call } of calls) {
        if (isOfGroup !== ofGroup) continue;
        configured.set(call.name, { ...call, action, conditions: [] });
      }
    }
  }
  // What the configuration says of a call is all that holds for it.
  const rules = base.rules.filter(({ name }) => !configured.has(name));
  for (const rule of configured.values()) {
    if (!rule.action.equals(base.defaultAction)) rules.push(rule);
  }
  const plan = {
    ...base,
    architectures: policy.architectures ?? base.architectures,
    rules,
    notes,
  };
  if (!policy.blockTtyInjection) return plan;
  return { ...plan, ...refuseTtyInjection(plan, policy, refuse) };
}

/** What the configured lists are added to. */
async function readBase(
  policy: Policy,
  refuse: ScmpAction,
  kernel: () => string,
): Promise<Plan & { readonly rules: PlannedRule[] }> {
  const { profile } = policy;
  if (profile === undefined) {
    return {
      defaultAction: policy.blockAll ? refuse : ActAllow,
      defaultOrigin: policy.blockAll ? "block_all" : "",
      architectures: [getNativeArch()],
      rules: [],
      log: false,
      speculativeStoreBypass: false,
      notes: [],
    };
  }
  const { readConfiguration } = await import("./read.ts");
  const { parseProfile } = await import("./oci/profile.ts");
  await checkCapabilities(policy, profile.capabilities);
  const text = readConfiguration(profile.file, "profile");
  const parsed = parseProfile(profile.file, text, {
    architecture: getNativeArch(),
    kernel: kernel(),
    capabilities: new Set(profile.capabilities),
    architectures: policy.architectures,
  });
  return {
    ...parsed,
    defaultOrigin: `profile ${profile.file} defaultAction`,
    rules: parsed.rules.map(({ entry, ...rule }) => ({
      ...rule,
      origin: `profile ${profile.file} syscalls[${entry}]`,
    })),
    notes: parsed.notes.map((note) => `${profile.file}: ${note}`),
  };
}

/** Refuses a misspelt capability, with which entries would not be read. */
async function checkCapabilities(
  { problem }: Policy,
  named: readonly string[],
): Promise<void> {
  const { capabilities } = await import("./capabilities.ts");
  for (const [index, name] of named.entries()) {
    if (capabilities.has(name)) continue;
    const { suggestion } = await import("./nearest.ts");
    const near = await suggestion(name, [...capabilities]);
    const path = ["auth", "seccomp", "profile_capabilities", index];
    throw await problem(
      path,
      `${key(path)}: there is no capability ${name}${near}`,
    );
  }
}

/** Resolves names and groups, each call once however often it is named. */
async function resolve(
  calls: readonly NamedCall[],
  policy: Policy,
  notes: string[],
): Promise<ListedCall[]> {
  const listed = new Map<string, ListedCall>();
  for (const call of calls) {
    const isOfGroup = call.name.startsWith("@");
    const names = isOfGroup ? await expand(call, policy) : [call.name];
    const origin = isOfGroup ? `${call.origin} ${call.name}` : call.origin;
    for (const name of names) {
      if (listed.get(name)?.isOfGroup === false) continue;
      const syscall = find(name);
      if (syscall !== undefined) {
        listed.set(name, { name, syscall, origin, isOfGroup });
      } else if (isOfGroup) {
        notes.push(`${name} of ${call.name} is not known to this libseccomp`);
      } else {
        throw await unknownCall(call, policy);
      }
    }
  }
  return [...listed.values()];
}

async function expand(
  { name, path }: NamedCall,
  { problem }: Policy,
): Promise<readonly string[]> {
  const { expandGroup, groups } = await import("./call_groups.ts");
  const members = expandGroup(name);
  if (members) return members;
  const { suggestion } = await import("./nearest.ts");
  const near = await suggestion(name, [...groups.keys()]);
  throw await problem(path, `${key(path)}: there is no group ${name}${near}`);
}

function find(name: string): ScmpSyscall | undefined {
  try {
    return getSyscallFromName(name);
  } catch (error) {
    if (error instanceof ScmpError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function unknownCall({ name, path }: NamedCall, { problem }: Policy) {
  const { suggestion } = await import("./nearest.ts");
  const { knownSyscallNames } = await import("./known_calls.ts");
  const near = await suggestion(name, knownSyscallNames());
  return await problem(
    path,
    `${key(path)}: could not resolve name to syscall: '${name}'${near}`,
  );
}

/** The list that an element's path leads to. */
function key(path: NamedCall["path"]): string | number {
  return path[path.length - 2];
}
