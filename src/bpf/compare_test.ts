import assert from "node:assert/strict";
import fc from "fast-check";
import { ALLOW, mostRestrictive } from "./action.ts";
import { Budget, BudgetError } from "./budget.ts";
import { comparePrograms, type Programs, witnessOf } from "./compare.ts";
import { compareCalls } from "./compare_calls.ts";
import { and, type Instruction, load, ret } from "./instruction.ts";
import * as op from "./opcode.ts";
import { decode, encode } from "./program.ts";
import { run } from "./run.ts";
import { fromWords, type SeccompData, toWords, WORDS } from "./seccomp_data.ts";

const KILL = 0x8000_0000;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;
const LOG = 0x7ffc_0000;
const ACTIONS = [ALLOW, EPERM, ENOSYS, LOG, KILL];
/** The words that the random programs look at. */
const USED = [0, 1, 4, 5, 6];
const VALUES = [0, 1, 2, 5, 6, 0x5412, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const STEPS = 1_000_000;

const jump: fc.Arbitrary<Instruction> = fc.record({
  code: fc.constantFrom(op.JEQ, op.JGT, op.JGE, op.JSET)
    .map((test) => op.JMP | test),
  k: fc.constantFrom(...VALUES),
  jt: fc.nat(3),
  jf: fc.nat(3),
});
const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...USED).map((at) => load(4 * at)) },
  { weight: 1, arbitrary: fc.constantFrom(...VALUES).map(and) },
  { weight: 5, arbitrary: jump },
  { weight: 1, arbitrary: fc.constantFrom(...ACTIONS).map(ret) },
);
/** No jump leads past the last four, which return. */
const program = fc.tuple(
  fc.array(instruction, { maxLength: 14 }),
  fc.array(fc.constantFrom(...ACTIONS), { minLength: 4, maxLength: 4 }),
).map(([body, ends]) => decode(encode([...body, ...ends.map(ret)])));
const programs = fc.array(program, { maxLength: 2 });
const call = fc.array(fc.constantFrom(...VALUES), {
  minLength: WORDS,
  maxLength: WORDS,
}).map(fromWords);
const calls = fc.array(call, { minLength: 20, maxLength: 20 });

function answer(programs: Programs, call: SeccompData): number {
  if (programs.length === 0) return ALLOW;
  return mostRestrictive(programs.map((each) => run(each, call).action));
}

Deno.test("every call is in one pair, with what the programs answer it", () => {
  fc.assert(
    fc.property(programs, programs, calls, (before, after, calls) => {
      const pairs = [...comparePrograms(before, after, new Budget(STEPS))];
      for (const call of calls) {
        const words = toWords(call);
        const found = pairs.filter(({ region }) =>
          words.every((word, index) => region.word(index).has(word))
        );
        assert.equal(found.length, 1);
        assert.equal(found[0].before, answer(before, call));
        assert.equal(found[0].after, answer(after, call));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("programs differ in nothing from themselves, however they are loaded", () => {
  fc.assert(
    fc.property(program, program, (one, other) => {
      assert.deepEqual(compareCalls([one], [one], { abis: [] }), []);
      assert.deepEqual(compareCalls([one], [one, one], { abis: [] }), []);
      const changes = compareCalls([one, other], [other, one], { abis: [] });
      // Of two errnos that of the filter loaded last is returned.
      for (const { before, after } of changes) {
        assert.deepEqual([before, after].toSorted(), [EPERM, ENOSYS]);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a change has a call that shows it, and without one all calls agree", () => {
  const abis = [{
    name: "one",
    architecture: 1,
    numbers: [[0, 5], [0x5412, 0x5412]] as const,
    named: new Set([2, 0x5412]),
  }];
  fc.assert(
    fc.property(programs, programs, calls, (before, after, calls) => {
      const changes = compareCalls(before, after, { abis });
      for (const change of changes) {
        const { abi, number, witness } = change;
        assert.notEqual(change.before, change.after);
        assert.equal(answer(before, witness), change.before);
        assert.equal(answer(after, witness), change.after);
        assert.deepEqual(placeOf(witness), { abi, number });
      }
      for (const call of calls) {
        const [old, now] = [before, after].map((each) => answer(each, call));
        const told = changes.find((change) =>
          change.abi === placeOf(call).abi &&
          change.number === placeOf(call).number &&
          change.before === old && change.after === now
        );
        assert.equal(old !== now, told !== undefined);
        const isElse = changes.some((change) =>
          change !== told && change.isWhole &&
          change.abi === placeOf(call).abi &&
          change.number === placeOf(call).number
        );
        assert.ok(!isElse, "what changes always, changes for this call too");
      }
    }),
    { numRuns: 2000 },
  );

  function placeOf({ architecture, number }: SeccompData) {
    const isOne = architecture === 1 && (number <= 5 || number === 0x5412);
    if (!isOne) return { abi: undefined, number: undefined };
    return {
      abi: "one",
      number: abis[0].named.has(number) ? number : undefined,
    };
  }
});

Deno.test("no programs let every call pass", () => {
  assert.deepEqual(compareCalls([], [[ret(ALLOW)]], { abis: [] }), []);
  const [change] = compareCalls([], [[ret(KILL)]], { abis: [], likely: [7] });
  assert.deepEqual([change.before, change.after], [ALLOW, KILL]);
  assert.ok(change.isWhole);
  assert.equal(change.witness.architecture, 7);
});

Deno.test("a comparison gives up where it may not take more steps", () => {
  assert.throws(
    () => compareCalls([[ret(ALLOW)]], [[ret(KILL)]], { abis: [], steps: 1 }),
    BudgetError,
  );
});

Deno.test("a witness that does not show the change is a fault", () => {
  const sides = { before: [[ret(ALLOW)]], after: [[ret(KILL)]] };
  const [pair] = comparePrograms(sides.before, sides.after, new Budget(STEPS));
  assert.throws(
    () => witnessOf({ ...pair, after: EPERM }, sides, new Budget(STEPS)),
    /do not differ/,
  );
});
