import assert from "node:assert/strict";
import fc from "fast-check";
import { type Comparison, holds, type MeantCondition } from "./meaning.ts";
import { toWords } from "./seccomp_data.ts";
import { type Way, waysOf } from "./ways.ts";
import { passesTest } from "./word_set.ts";

const values = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    ...[0n, 1n, 0xffff_ffffn, 1n << 32n, 0x1_0000_0001n, 2n ** 64n - 1n],
  ),
);
const condition: fc.Arbitrary<MeantCondition> = fc.record({
  argument: fc.nat(5),
  comparison: fc.constantFrom<Comparison>("==", "!=", "<", "<=", ">", ">="),
  mask: fc.oneof(fc.constant(2n ** 64n - 1n), values),
  value: values,
}).map((each) =>
  each.comparison === "==" ? each : { ...each, mask: 2n ** 64n - 1n }
);

Deno.test("every call goes exactly one way, which says whether the condition holds", () => {
  fc.assert(
    fc.property(
      condition,
      values,
      fc.boolean(),
      fc.constantFrom(0n, 1n, -1n, 1n << 32n, -(1n << 32n)),
      fc.boolean(),
      (each, random, isNear, by, is64Bit) => {
        const value = BigInt.asUintN(64, isNear ? each.value + by : random);
        const args = new Array<bigint>(6).fill(0n).with(each.argument, value);
        const words = toWords({ number: 0, architecture: 0, args });
        const goes = (way: Way) =>
          way.every(({ word, test }) => passesTest(words[word], test));
        const { holding, failing } = waysOf(each, is64Bit);
        const counts = [holding, failing].map((ways) =>
          ways.filter(goes).length
        );
        const wanted = holds(each, args, is64Bit) ? [1, 0] : [0, 1];
        assert.deepEqual(counts, wanted);
      },
    ),
    { numRuns: 5000 },
  );
});
