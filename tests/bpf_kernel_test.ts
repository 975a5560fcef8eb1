/**
 * That the kernel takes the programs that `decode` takes, and no others, and
 * that it answers as `run` does.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ALLOW } from "../src/bpf/action.ts";
import { assemble, type Instruction, ret } from "../src/bpf/instruction.ts";
import * as op from "../src/bpf/opcode.ts";
import { decode, MOST_INSTRUCTIONS, ProgramError } from "../src/bpf/program.ts";
import { run } from "../src/bpf/run.ts";
import { askKernel, missingOracle } from "./kernel_oracle.ts";
import { asSeen, seen, seenOf } from "./observed.ts";
import { missingAbi, type ProbeCall } from "./probe.ts";
import { testUnless } from "./program.ts";
import {
  computingPrograms,
  nearPrograms,
  OPERATIONS,
} from "./random_program.ts";

const SEED = Number(
  Deno.env.get("PROOF_SEED") ?? Math.floor(Math.random() * 2 ** 31),
);
const NEAR = 6_000;
const COMPUTING = 1_500;
const BATCH = 500;

/** They take no argument and return the same at all times. */
const GETUID: ProbeCall = { abi: "native", number: 102, args: [] };
const CALLS: readonly ProbeCall[] = [
  GETUID,
  { ...GETUID, abi: "x32" },
  ...(missingAbi("x86") === undefined
    ? [{ ...GETUID, abi: "x86", number: 24 } as const]
    : []),
];

/** Why `decode` refuses a program, if it does. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    decode(bytes);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ProgramError, `${error}`);
    return error.message;
  }
}

/** Asks the kernel about each program whether it takes it. */
async function assertSame(programs: readonly Instruction[][]) {
  let taken = 0;
  for (let from = 0; from < programs.length; from += BATCH) {
    const batch = programs.slice(from, from + BATCH).map(assemble);
    const answers = await askKernel(
      batch.map((program) => ({ programs: [program], calls: [GETUID] })),
    );
    answers.forEach(([answer], at) => {
      const reason = refusal(batch[at]);
      const isRefused = "refused" in answer;
      assert.equal(
        reason !== undefined,
        isRefused,
        `decode: ${reason}, kernel: ${seenOf(answer)}, program: ` +
          JSON.stringify(programs[from + at]),
      );
      if ("refused" in answer) assert.equal(answer.refused, 22);
      else taken++;
    });
  }
  return taken;
}

testUnless(
  missingOracle(),
  "the kernel takes the operations that decode takes, and no others",
  async () => {
    // What is a word, a shift, a distance and a number alike.
    const with4 = (code: number) => [
      ...[{ code: op.ST, jt: 0, jf: 0, k: 4 }, { code, jt: 1, jf: 2, k: 4 }],
      ...Array.from({ length: 6 }, () => ret(ALLOW)),
    ];
    const codes = [
      ...Array.from({ length: 256 }, (_, code) => code),
      ...OPERATIONS.flatMap((code) =>
        [8, 9, 10, 11, 12, 13, 14, 15].map((bit) => code | 1 << bit)
      ),
    ];
    const taken = await assertSame(codes.map(with4));
    assert.equal(taken, OPERATIONS.length);
  },
);

testUnless(
  missingOracle(),
  "the kernel takes as many instructions as decode takes",
  async () => {
    const counts = [0, 1, 2, MOST_INSTRUCTIONS, MOST_INSTRUCTIONS + 1, 5000];
    const programs = counts.map((length) =>
      Array.from({ length }, () => ret(ALLOW))
    );
    assert.equal(await assertSame(programs), 3);
  },
);

testUnless(
  missingOracle(),
  `the kernel takes the programs that decode takes, and no others (PROOF_SEED=${SEED})`,
  async () => {
    const programs = fc.sample(nearPrograms, { seed: SEED, numRuns: NEAR });
    const taken = await assertSame(programs);
    // Otherwise the test has little to say.
    assert.ok(taken > NEAR / 10 && taken < NEAR * 9 / 10, `${taken}`);
  },
);

const values = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 32n, 0xffff_ffffn, 0x8000_0000n, 1n << 32n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const args = fc.array(values, { minLength: 4, maxLength: 4 });

testUnless(
  missingOracle(),
  `the kernel computes as run does (PROOF_SEED=${SEED})`,
  async () => {
    const forms = fc.sample(computingPrograms, {
      seed: SEED,
      numRuns: COMPUTING,
    }).flat();
    const calls = fc.sample(fc.tuple(fc.constantFrom(...CALLS), args), {
      seed: SEED,
      numRuns: 10,
    }).map(([call, args]): ProbeCall => ({ ...call, args }));
    const results = new Set<string>();
    for (let from = 0; from < forms.length; from += BATCH) {
      const batch = forms.slice(from, from + BATCH);
      const cases = [[ret(ALLOW)], ...batch].map((program) => ({
        programs: [assemble(program)],
        calls,
        together: true,
      }));
      const [passing, ...answers] = await askKernel(cases);
      answers.forEach((found, at) => {
        const program = decode(assemble(batch[at]));
        const wanted = calls.map((call, index) =>
          seen(run(program, asSeen(call)).action, passing[index])
        );
        assert.deepEqual(
          found.map(seenOf),
          wanted,
          JSON.stringify(
            { program, calls },
            (_, value) => typeof value === "bigint" ? `${value}` : value,
          ),
        );
        for (const each of wanted) results.add(each);
      });
    }
    // Every byte has been seen, and a division by 0.
    assert.ok(results.size > 256 && results.has("signal 31"));
  },
);
