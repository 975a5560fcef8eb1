/**
 * That what is said of libseccomp's programs is what they do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { explain } from "../src/bpf/explain.ts";
import { decode } from "../src/bpf/program.ts";
import { runAll } from "../src/bpf/run.ts";
import { type SeccompData, X32_BIT } from "../src/bpf/seccomp_data.ts";
import { ArchX86, getNativeArch } from "../src/libseccomp/mod.ts";
import { naming } from "../src/policy/naming.ts";
import { said } from "./explained.ts";
import type { ProbeCall } from "./probe.ts";
import { testUnless } from "./program.ts";
import { callsFor, ruleSets } from "./rule_set_arbitrary.ts";
import { makePrograms } from "./rule_set_programs.ts";

const SETS = 200;
const CALLS = 40;
const SEED = Number(
  Deno.env.get("PROOF_SEED") ?? Math.floor(Math.random() * 2 ** 31),
);

function dataOf({ abi, number, args }: ProbeCall): SeccompData {
  return {
    number: abi === "x32" ? (number | X32_BIT) >>> 0 : number,
    architecture: (abi === "x86" ? ArchX86 : getNativeArch()).token,
    args: args.map(BigInt),
  };
}

testUnless(
  Deno.build.arch === "x86_64" ? undefined : "the rule sets are of x86_64",
  `of ${SETS} random rule sets, seed ${SEED}, what is said is what is done`,
  async () => {
    const sets = fc.sample(ruleSets, { numRuns: SETS, seed: SEED });
    let count = 0;
    for (const { set, made } of await makePrograms(sets)) {
      if (!made) continue;
      const programs = [decode(Uint8Array.fromBase64(made.program))];
      const sections = explain(programs, naming);
      const abis = ["native", "x32", "x86"] as const;
      const calls = fc.sample(callsFor(set, abis), {
        numRuns: CALLS,
        seed: SEED,
      });
      for (const call of calls.map(dataOf)) {
        assert.equal(
          said(sections, call),
          runAll(programs, call),
          JSON.stringify(set),
        );
        count++;
      }
    }
    assert.ok(count > SETS * CALLS / 2, `${count} calls were compared`);
  },
);
