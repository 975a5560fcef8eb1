import assert from "node:assert/strict";
import fc from "fast-check";
import { formatExactJson, parseExactJson } from "./exact_json.ts";

Deno.test("what is written is read again, integers of any size too", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
    fc.constant(null),
  );
  const value = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("tree")),
      fc.dictionary(
        // Not a key, but a setter, to an object literal of JavaScript.
        fc.string().filter((key) => key !== "__proto__"),
        tie("tree"),
        { noNullPrototype: true },
      ),
    ),
  })).tree;
  fc.assert(fc.property(value, (value) => {
    const again = parseExactJson(formatExactJson(value));
    // There is no negative zero among integers.
    assert.deepEqual(again, Object.is(value, -0) ? 0 : value);
  }));
});

Deno.test("other numbers are what they always are", () => {
  assert.deepEqual(parseExactJson("[1, -2, 0.5, 1e300, 9007199254740993]"), [
    1,
    -2,
    0.5,
    1e300,
    9007199254740993n,
  ]);
});
