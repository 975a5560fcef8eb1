/**
 * Sets of rules of which libseccomp 2.5.4 makes wrong programs, found by random
 * search and made as small as they get: none of these programs is ever loaded.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ALLOW } from "../src/bpf/action.ts";
import { assemble, ret } from "../src/bpf/instruction.ts";
import { answer } from "../src/bpf/meaning.ts";
import { decode } from "../src/bpf/program.ts";
import { findCounterexample } from "../src/bpf/prove.ts";
import { run, runAll } from "../src/bpf/run.ts";
import { conclude, type Concluded } from "../src/libseccomp/host.ts";
import { meaningOf } from "../src/libseccomp/meaning.ts";
import {
  ArchAMD64,
  getLibraryVersion,
  getNativeArch,
} from "../src/libseccomp/mod.ts";
import { ProofError, prove } from "../src/policy/proof.ts";
import { askKernel, missingOracle } from "./kernel_oracle.ts";
import vectors from "./miscompiled.json" with { type: "json" };
import { asSeen, seen, seenOf } from "./observed.ts";
import type { ProbeAbi, ProbeCall } from "./probe.ts";
import { testUnless } from "./program.ts";
import { parseAction, type RuleSet, tell } from "./rule_set.ts";

/** One row of the table. */
interface Vector {
  readonly name: string;
  readonly set: RuleSet;
  /** A call that shows it. */
  readonly call: ProbeCall;
  /** What libseccomp 2.5.4's program answers. */
  readonly gets: number;
  /** Which answers are right. */
  readonly meant: readonly number[];
  /** What the proof makes of it: some programs in its place, or none. */
  readonly becomes: string;
}

const table = vectors.map(({ call, set, gets, meant, ...rest }): Vector => ({
  ...rest,
  set: set as RuleSet,
  call: { ...call, abi: call.abi as ProbeAbi, args: call.args.map(BigInt) },
  gets: parseAction(gets).toNative(),
  meant: meant.map((each) => parseAction(each).toNative()),
}));

/** The version that the answers in the table are from. */
const isTheVersion = (() => {
  const { major, minor, micro } = getLibraryVersion();
  return `${major}.${minor}.${micro}` === "2.5.4";
})();
const missing = getNativeArch() === ArchAMD64 ? undefined : "needs x86_64";

function make(set: RuleSet): Concluded {
  const { filter, taken } = tell(set);
  assert.ok(taken.every(Boolean), "libseccomp refused a rule");
  return conclude(filter);
}

/** Proven programs, or `undefined`: then the refusal tells the call. */
function proven({ journal, program }: Concluded) {
  try {
    return prove(journal, program).programs;
  } catch (error) {
    assert.ok(error instanceof ProofError, `${error}`);
    assert.equal(error.code, "EUNPROVEN");
    assert.match(error.message, /is wrong and was not loaded: .* asked for is/);
    return undefined;
  }
}

for (const { name, set, call, gets, meant, becomes } of table) {
  testUnless(missing, `miscompiled: ${name}`, () => {
    const made = make(set);
    const meaning = meaningOf(made.journal);
    const data = asSeen(call);
    assert.deepEqual(answer(meaning, data).actions, meant);
    assert.ok(!meant.includes(gets));

    const program = decode(made.program);
    const found = run(program, data).action;
    const isRight = !findCounterexample(meaning, [program]);
    // A later libseccomp may have learned it.
    if (isTheVersion) assert.equal(found, gets);
    if (isRight) assert.ok(meant.includes(found));

    const programs = proven(made);
    if (isTheVersion) {
      const count = programs?.length === 1
        ? "one program"
        : programs
        ? `${programs.length} programs`
        : "refused";
      assert.equal(count, becomes);
    }
    if (isRight) assert.deepEqual(programs, [made.program]);
    if (!programs) return;
    const decoded = programs.map(decode);
    assert.ok(meant.includes(runAll(decoded, data)));
    assert.equal(findCounterexample(meaning, decoded), undefined);
  });

  testUnless(
    missingOracle([call.abi]),
    `the kernel shows it: ${name}`,
    async () => {
      const made = make(set);
      const programs = proven(made) ?? [];
      const cases = [[assemble([ret(ALLOW)])], [made.program], programs]
        .filter(({ length }) => length > 0)
        .map((programs) => ({ programs, calls: [call] }));
      const [[passing], [answered], mended] = await askKernel(cases);
      const found = run(decode(made.program), asSeen(call)).action;
      if (isTheVersion) assert.equal(found, gets);
      assert.equal(seenOf(answered), seen(found, passing));
      if (!mended) return;
      const right = meant.map((action) => seen(action, passing));
      assert.ok(right.includes(seenOf(mended[0])), seenOf(mended[0]));
    },
  );
}

Deno.test("no two rows of the table have the same rules", () => {
  const sets = table.map(({ set }) => JSON.stringify(set));
  assert.equal(new Set(sets).size, sets.length);
});
