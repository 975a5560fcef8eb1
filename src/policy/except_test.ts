import assert from "node:assert/strict";
import fc from "fast-check";
import { anyWordExcept } from "./except.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const register = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

Deno.test("exactly one condition holds for every other word, and none for the values", () => {
  fc.assert(fc.property(
    fc.array(word, { minLength: 1, maxLength: 6 }),
    fc.array(register, { maxLength: 20 }),
    (values, others) => {
      const conditions = anyWordExcept(1, values);
      // The values' nearest neighbours are where a mistake would show.
      const near = values.flatMap((value) =>
        [value, value ^ 1, value ^ 0x8000_0000].map((n) => BigInt(n >>> 0))
      );
      for (
        const argument of [
          ...others,
          ...near,
          ...near.map((n) => n + (7n << 32n)),
        ]
      ) {
        const holding = conditions.filter(({ operandOne, operandTwo }) =>
          (argument & operandOne) === operandTwo
        );
        const isValue = values.includes(Number(argument & 0xffff_ffffn));
        assert.equal(holding.length, isValue ? 0 : 1);
      }
    },
  ));
});

Deno.test("a value costs at most 32 conditions", () => {
  assert.equal(anyWordExcept(0, [0]).length, 32);
  assert.ok(anyWordExcept(0, [0x5412, 0x541c]).length <= 64);
});
