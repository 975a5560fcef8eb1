import { attribute } from "../libseccomp/host.ts";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  CompareMaskedEqual,
  getAPI,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  ScmpError,
  ScmpFilter,
  type ScmpSyscall,
} from "../libseccomp/mod.ts";
import { anyWordExcept } from "./except.ts";
import type { NamedCall, Policy } from "./policy.ts";

/**
 * Puts bytes into a terminal's input, as if they had been typed (ioctl_tty(2)).
 */
const TIOCSTI = 0x5412;
/**
 * Its subcodes paste the console's selection into the input, among others
 * (ioctl_console(2)).
 */
const TIOCLINUX = 0x541c;
const INJECTIONS: readonly number[] = [TIOCSTI, TIOCLINUX];

/**
 * `cmd` of ioctl(2), an `unsigned int`: the kernel looks at only the low 32
 * bits.
 */
const REQUEST = 1;
const WORD = 0xffff_ffff;

/** The first API level with ActKillProcess (seccomp_api_get(3)). */
const KILL_PROCESS_API = 3;

const TTY_ORIGIN = "default: block_tty_injection";

/**
 * Builds the filter that a policy asks for, before any plugin has seen it.
 *
 * @param policy A policy that is not disabled.
 * @returns The filter, which the caller releases or concludes.
 * @throws {ConfigurationError} For the name of an unknown system call.
 * @throws {ScmpError} If libseccomp fails.
 */
export async function buildFilter(policy: Policy): Promise<ScmpFilter> {
  const refuse = ActErrno.setReturnCode(policy.errno);
  const filter = new ScmpFilter(policy.blockAll ? refuse : ActAllow);
  try {
    // A process of which one thread is killed and the others wait for it is no
    // better off than a dead one.
    if (getAPI() >= KILL_PROCESS_API) filter.setBadArchAction(ActKillProcess);
    if (policy.blockAll) {
      await addAllowed(filter, policy);
    } else {
      await addRefused(filter, policy, refuse);
    }
    attribute(filter, "");
    return filter;
  } catch (cause) {
    filter.release();
    throw cause;
  }
}

async function addAllowed(filter: ScmpFilter, policy: Policy): Promise<void> {
  for (
    const [call, { name, origin }] of await resolve(policy.allowCalls, policy)
  ) {
    attribute(filter, origin);
    if (name === "ioctl" && policy.blockTtyInjection) {
      for (const condition of anyWordExcept(REQUEST, INJECTIONS)) {
        filter.addRuleConditional(call, ActAllow, [condition]);
      }
    } else {
      filter.addRule(call, ActAllow);
    }
  }
}

async function addRefused(
  filter: ScmpFilter,
  policy: Policy,
  refuse: ScmpAction,
): Promise<void> {
  const refused = await resolve(policy.blockCalls, policy);
  for (const [call, { origin }] of refused) {
    attribute(filter, origin);
    filter.addRule(call, refuse);
  }
  const isWholeIoctlRefused = refused.some(([, { name }]) => name === "ioctl");
  if (!policy.blockTtyInjection || isWholeIoctlRefused) return;
  attribute(filter, TTY_ORIGIN);
  for (const request of INJECTIONS) {
    const condition = makeCondition(REQUEST, CompareMaskedEqual, WORD, request);
    filter.addRuleConditional(getSyscallFromName("ioctl"), refuse, [condition]);
  }
}

/** Resolves names, each once however often it is written. */
async function resolve(
  calls: readonly NamedCall[],
  { problem }: Policy,
): Promise<[ScmpSyscall, NamedCall][]> {
  const resolved = new Map<string, [ScmpSyscall, NamedCall]>();
  for (const call of calls) {
    if (resolved.has(call.name)) continue;
    try {
      resolved.set(call.name, [getSyscallFromName(call.name), call]);
    } catch (cause) {
      if (!(cause instanceof ScmpError) || cause.code !== "ENOENT") throw cause;
      const { suggestion } = await import("./nearest.ts");
      const { knownSyscallNames } = await import("./known_calls.ts");
      const near = await suggestion(call.name, knownSyscallNames());
      throw await problem(
        call.path,
        `${call.path[2]}: ${cause.message}${near}`,
      );
    }
  }
  return [...resolved.values()];
}
