/**
 * Asks the kernel what it answers under the filters of a configuration.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ErrnoName, errnoName } from "../src/libc/errno.ts";
import {
  ArchNative,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
  ScmpAction,
} from "../src/libseccomp/mod.ts";
import {
  missingAbi,
  type ProbeAbi,
  type ProbeCall,
  probeProgram,
  readResults,
} from "./probe.ts";
import { effectiveUser, resolveUser } from "../src/launch/user.ts";
import { lend } from "../src/libseccomp/host.ts";
import { planRules } from "../src/policy/plan.ts";
import { atStage, loadPolicy } from "../src/policy/policy.ts";
import { simulate } from "../src/policy/simulate.ts";
import { buildStack } from "../src/policy/stack.ts";
import { numberOf } from "./probe_machine.ts";
import { output, Scratch, testEach, testUnless } from "./program.ts";

/** A call, and what is to come of it. */
export interface Probe {
  /** The call's name, or a number that is no call's. */
  readonly call: string | number;
  readonly args: ProbeCall["args"];
  /**
   * An errno, a result, the signal that ends the program, or anything but the
   * errno that follows the exclamation mark.
   */
  readonly expect: ErrnoName | bigint | "SIGSYS" | `!${ErrnoName}`;
  /** How the call is made, `native` if left out. */
  readonly abi?: ProbeAbi;
}

/** A configuration, and probes that one program makes in their order. */
export interface Case {
  /** Keys of `[auth.seccomp]`. */
  readonly config: string;
  readonly probes: readonly Probe[];
  /** The stage; `x` if left out, which means nothing. */
  readonly stage?: string;
  /** Further flags of `exec`. */
  readonly flags?: readonly string[];
  /** Files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>;
}

const ARCHES = { native: ArchNative, x86: ArchX86, x32: ArchX32 } as const;

/** The call as the probe makes it. */
function toCall({ abi = "native", call, args }: Probe): ProbeCall {
  const number = typeof call === "number"
    ? call
    : getSyscallFromNameByArch(call, ARCHES[abi]).number;
  return { abi, number, args };
}

/** A call and its answer in one line, for a difference that can be read. */
function line({ abi = "native", call, args }: Probe, answer: string): string {
  const values = args.map((arg) =>
    typeof arg === "string" ? arg : `0x${arg.toString(16)}`
  );
  return `${abi} ${call}(${values.join(", ")}): ${answer}`;
}

/**
 * Registers tests that have the kernel answer: one program makes all the calls
 * under the filter of the configuration; and that have `simulate` answer the
 * same.
 */
export function testKernel(name: string, each: Case): void {
  const { config, probes, stage = "x", flags = [], files = {} } = each;
  const missing = probes.map(({ abi = "native" }) => missingAbi(abi))
    .find(Boolean);
  testUnless(missing, `simulate agrees: ${name}`, () => simulateAll(each));
  testEach(`the kernel agrees: ${name}`, async (program) => {
    using scratch = new Scratch();
    for (const [file, text] of Object.entries(files)) scratch.file(file, text);
    const file = scratch.config(config);
    const probe = probeProgram(probes.map(toCall));
    const driver = scratch.file("probe", probe, 0o755);
    const run = await output(program, [
      ...["exec", "-u", "-c", file, "--stage", stage, ...flags, "--"],
      driver,
    ]);
    const results = readResults(run.stdout);
    const answers = probes.map(({ expect }, index) => {
      const result = results.at(index);
      if (result === undefined) return run.signal ?? `exit code ${run.code}`;
      const answer = result < 0n ? errnoName(Number(-result)) : `${result}`;
      const isOther = `${expect}`.startsWith("!") && expect !== `!${answer}`;
      return isOther ? `${expect}` : answer;
    });
    assert.equal(new TextDecoder().decode(run.stderr), "");
    assert.deepEqual(
      probes.map((probe, index) => line(probe, answers[index])),
      probes.map((probe) => line(probe, `${probe.expect}`)),
    );
  }, missing);
}

/** Where a text lies in a probe, more or less: no filter can see into it. */
const SOME_ADDRESS = 0x40_0078n;

/** What is simulated of each call, as the kernel would answer. */
async function simulateAll(
  { config, probes, stage = "x", flags = [], files = {} }: Case,
): Promise<void> {
  using scratch = new Scratch();
  for (const [file, text] of Object.entries(files)) scratch.file(file, text);
  const policy = atStage(await loadPolicy(scratch.config(config)), stage);
  const [, user] = flags;
  const ids = user === undefined ? effectiveUser() : resolveUser(user);
  const stack = buildStack(await planRules(policy), policy, () => ids);
  if (policy.plugins.length > 0) lend(stack.filter);
  for (const { file } of policy.plugins) {
    const { seccompExpansion } = await import(`file://${file}`);
    await seccompExpansion(stack.filter, stage, {});
  }
  const layers = stack.conclude();
  const answers = probes.map((probe) => {
    const { number, args } = toCall(probe);
    const { action } = simulate(layers, {
      architecture: (probe.abi === "x86" ? ArchX86 : ArchNative).token,
      number: numberOf(probe.abi ?? "native", number),
      args: args.map((arg) => typeof arg === "string" ? SOME_ADDRESS : arg),
    });
    return toAnswer(action, probe.expect);
  });
  assert.deepEqual(
    probes.map((probe, index) => line(probe, answers[index])),
    probes.map((probe) => line(probe, `${probe.expect}`)),
  );
}

/** What the kernel answers under an action, with neither tracer nor listener. */
function toAnswer(action: number, expect: Probe["expect"]): string {
  const known = ScmpAction.fromNative(action);
  switch (known?.kind) {
    case "Allow":
    case "Log":
      // What comes of a call that is carried out is the kernel's affair.
      return expect === "SIGSYS" ? `${known}` : `${expect}`;
    case "Errno":
      return errnoName(known.getReturnCode());
    case "Trace":
    case "Notify":
      return "ENOSYS";
    default:
      return "SIGSYS";
  }
}
