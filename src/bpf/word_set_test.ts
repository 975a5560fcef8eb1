import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget, BudgetError } from "./budget.ts";
import { negate, passesTest, type Test, WORD, WordSet } from "./word_set.ts";

const BITS = 8;
const COUNT = 2 ** BITS;

/** The set of words that pass all tests. */
function narrowed(tests: readonly Test[]): WordSet | undefined {
  const budget = new Budget(1_000_000);
  let set: WordSet | undefined = WordSet.all;
  for (const test of tests) set = set?.narrow(test, budget);
  return set;
}

const interval = (highest: number) =>
  fc.tuple(fc.nat(highest), fc.nat(highest)).map(([one, other]) => ({
    low: Math.min(one, other),
    high: Math.max(one, other),
  }));

/**
 * Tests of eight bits, after one that only words of these bits pass: what they
 * let pass can be counted.
 */
const smallTests: fc.Arbitrary<{ tests: Test[]; shift: number }> = fc.record({
  shift: fc.constantFrom(0, 12, 24),
  small: fc.array(
    fc.record({
      mask: fc.oneof(
        fc.nat(COUNT - 1),
        fc.constantFrom(COUNT - 1, 0x55, 0xaa, 0xf0, 0x80, 1, 0),
      ),
      bounds: interval(COUNT - 1),
      inside: fc.boolean(),
      isOpen: fc.boolean(),
    }),
    { maxLength: 7 },
  ),
}).map(({ shift, small }) => {
  const place = (bits: number) => (bits << shift) >>> 0;
  const rest = ~place(COUNT - 1) >>> 0;
  return {
    shift,
    tests: [
      { mask: rest, low: 0, high: 0, inside: true },
      ...small.map(({ mask, bounds: { low, high }, inside, isOpen }) => ({
        mask: place(mask),
        low: place(low),
        high: isOpen ? WORD : place(high),
        inside,
      })),
    ],
  };
});

Deno.test("a narrowed set has the words that pass all tests, and is empty exactly if none does", () => {
  fc.assert(
    fc.property(smallTests, ({ tests, shift }) => {
      const words = Array.from(
        { length: COUNT },
        (_, bits) => (bits << shift) >>> 0,
      );
      const passing = words.filter((word) =>
        tests.every((test) => passesTest(word, test))
      );
      const set = narrowed(tests);
      assert.equal(set === undefined, passing.length === 0);
      if (set === undefined) return;
      assert.deepEqual(words.filter((word) => set.has(word)), passing);
      assert.deepEqual(set.among(words), passing);
      assert.equal(set.sample(new Budget(100_000)), passing[0]);
      if (set.only !== undefined) assert.deepEqual([set.only], passing);
    }),
    { numRuns: 3000 },
  );
});

const numbers = fc.oneof(
  fc.nat(WORD),
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, WORD - 1, WORD),
);
const test: fc.Arbitrary<Test> = fc.record({
  mask: fc.oneof(
    numbers,
    fc.constantFrom(WORD, WORD, 0xffff_0000, 0x8000_0000, 0xff, 6, 0x7e02_0000),
  ),
  bounds: fc.oneof(
    numbers.map((one) => ({ low: one, high: one })),
    fc.tuple(numbers, numbers).map(([one, other]) => ({
      low: Math.min(one, other),
      high: Math.max(one, other),
    })),
  ),
  inside: fc.boolean(),
}).map(({ bounds, ...rest }) => ({ ...rest, ...bounds }));

Deno.test("a narrowed set has a word exactly if it passes all tests", () => {
  fc.assert(
    fc.property(
      fc.array(test, { maxLength: 6 }),
      fc.array(numbers, { minLength: 20, maxLength: 20 }),
      (tests, random) => {
        const set = narrowed(tests);
        const near = tests.flatMap(({ low, high, mask }) => [
          ...[low, low - 1, low + 1, high, high + 1, mask, ~mask, low | ~mask],
        ]);
        const words = [...random, ...near.map((each) => each >>> 0)];
        for (const word of words) {
          const passes = tests.every((each) => passesTest(word, each));
          assert.equal(set?.has(word) ?? false, passes);
        }
        const ascending = words.toSorted((one, other) => one - other);
        assert.deepEqual(
          set?.among(ascending) ?? [],
          ascending.filter((word) => set?.has(word)),
        );
        const sample = set?.sample(new Budget(1_000_000));
        if (sample === undefined) return;
        assert.ok(tests.every((each) => passesTest(sample, each)));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("what passes a test does not pass its opposite", () => {
  fc.assert(fc.property(test, numbers, (each, word) => {
    assert.notEqual(passesTest(word, each), passesTest(word, negate(each)));
  }));
});

Deno.test("a set that a test does not narrow stays the same", () => {
  const budget = new Budget(10_000);
  const few = narrowed([{ mask: WORD, low: 5, high: 9, inside: true }]);
  assert.ok(few);
  assert.equal(
    few.narrow({ mask: WORD, low: 0, high: 9, inside: true }, budget),
    few,
  );
  assert.equal(
    few.narrow({ mask: WORD, low: 10, high: 11, inside: false }, budget),
    few,
  );
  const odd: Test = { mask: 1, low: 1, high: 1, inside: true };
  const oddOnes = few.narrow(odd, budget);
  assert.equal(oddOnes?.narrow(odd, budget), oddOnes);
});

Deno.test("the set of one word has no other", () => {
  const set = WordSet.of(WORD);
  assert.equal(set.only, WORD);
  assert.ok(set.has(WORD) && !set.has(0));
  assert.equal(WordSet.all.only, undefined);
});

Deno.test("a set that is too hard to tell is not told", () => {
  // Of each pair of bits one is set: no prefix says much.
  const tests = [0, 3, 6, 9, 12, 15, 18, 21].map((bit): Test => ({
    mask: (0b101 << bit) >>> 0,
    low: 1 << bit,
    high: 4 << bit,
    inside: true,
  }));
  let set: WordSet | undefined = WordSet.all;
  const budget = new Budget(100);
  assert.throws(() => {
    for (const each of tests) set = set?.narrow(each, budget);
  }, BudgetError);
});
