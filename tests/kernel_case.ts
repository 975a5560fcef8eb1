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
} from "../src/libseccomp/mod.ts";
import {
  missingAbi,
  type ProbeAbi,
  type ProbeCall,
  probeProgram,
  readResults,
} from "./probe.ts";
import { output, Scratch, testEach } from "./program.ts";

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
 * Registers a test that has the kernel answer: one program makes all the calls
 * under the filter of the configuration.
 */
export function testKernel(
  name: string,
  { config, probes, stage = "x", flags = [], files = {} }: Case,
): void {
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
  }, probes.map(({ abi = "native" }) => missingAbi(abi)).find(Boolean));
}
