import assert from "node:assert/strict";
import {
  CompareEqual,
  CompareMaskedEqual,
  CompareNotEqual,
  makeCondition,
} from "./condition.ts";

Deno.test("a condition holds argument, comparison and value", () => {
  assert.deepEqual(makeCondition(5, CompareNotEqual, 2n ** 64n - 1n), {
    argument: 5,
    op: CompareNotEqual,
    operandOne: 0xffff_ffff_ffff_ffffn,
    operandTwo: 0n,
  });
});

Deno.test("a masked comparison takes the mask first", () => {
  const { operandOne, operandTwo } = makeCondition(
    1,
    CompareMaskedEqual,
    0xff,
    0x12,
  );
  assert.deepEqual([operandOne, operandTwo], [0xffn, 0x12n]);
});

Deno.test("arguments, numbers of values and values out of range are refused", () => {
  assert.throws(
    () => makeCondition(6, CompareEqual, 0),
    /arguments 0 to 5, not 6/,
  );
  assert.throws(() => makeCondition(-1, CompareEqual, 0), /not -1/);
  assert.throws(() => makeCondition(0, CompareEqual), /takes one value, not 0/);
  assert.throws(
    () => makeCondition(0, CompareEqual, 1, 2),
    /takes one value, not 2/,
  );
  assert.throws(
    () => makeCondition(0, CompareMaskedEqual, 1),
    /takes two values/,
  );
  for (const value of [-1, 1.5, 2 ** 53, 2n ** 64n, NaN]) {
    assert.throws(
      () => makeCondition(0, CompareEqual, value),
      /integer from 0 to 2\^64-1/,
    );
  }
});
