import assert from "node:assert/strict";
import {
  abiOf,
  answer,
  type Comparison,
  holds,
  type Meaning,
  type MeantCondition,
  type MeantRule,
} from "./meaning.ts";
import { X32_BIT } from "./seccomp_data.ts";

const X86_64 = 0xc000_003e;
const X86 = 0x4000_0003;
const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const KILL_THREAD = 0;
const TRAP = 0x0003_0000;
const LOG = 0x7ffc_0000;
const errno = (value: number) => 0x0005_0000 + value;
const ALL_BITS = 2n ** 64n - 1n;

function condition(
  argument: number,
  comparison: Comparison,
  value: bigint,
  mask = ALL_BITS,
): MeantCondition {
  return { argument, comparison, mask, value };
}

function rule(action: number, ...conditions: MeantCondition[]): MeantRule {
  return { action, conditions, origin: "test" };
}

/** A filter with rules for call 7 of x86_64, and none for x86. */
function meaning(...rules: MeantRule[]): Meaning {
  return {
    defaultAction: ALLOW,
    badArchAction: KILL_THREAD,
    abis: [
      {
        name: "x86_64",
        architecture: X86_64,
        numbers: [[0, X32_BIT - 1], [0xffff_ffff, 0xffff_ffff]],
        is64Bit: true,
        rules: new Map([[7, rules]]),
      },
      {
        name: "x86",
        architecture: X86,
        numbers: [[0, 0xffff_ffff]],
        is64Bit: false,
        rules: new Map(),
      },
    ],
  };
}

const call = (...args: bigint[]) => ({
  number: 7,
  architecture: X86_64,
  args,
});

Deno.test("1: a call of an ABI that is not covered gets the bad-arch action", () => {
  const meant = meaning(rule(errno(1)));
  for (
    const other of [
      { ...call(), architecture: 0xc000_00b7 },
      { ...call(), number: 7 + X32_BIT },
      { ...call(), number: 0xffff_fffe },
    ]
  ) {
    assert.deepEqual(answer(meant, other), {
      actions: [KILL_THREAD],
      rules: [],
      by: "bad-arch action",
    });
  }
});

Deno.test("1: the number of a skipped call belongs to whoever covers it", () => {
  const skipped = { ...call(), number: 0xffff_ffff };
  assert.equal(abiOf(meaning(), skipped)?.name, "x86_64");
  assert.deepEqual(answer(meaning(), skipped).actions, [ALLOW]);
});

Deno.test("1: a call of another covered ABI has its own rules", () => {
  const meant = meaning(rule(errno(1)));
  const found = answer(meant, { ...call(), architecture: X86 });
  assert.deepEqual(found.actions, [ALLOW]);
  assert.equal(found.by, "default action");
});

Deno.test("2: the first rule without conditions decides, earlier and later ones do not", () => {
  const when = condition(0, "==", 1n);
  const meant = meaning(
    rule(KILL_PROCESS, when),
    rule(errno(1)),
    rule(KILL_PROCESS),
    rule(TRAP, when),
  );
  const found = answer(meant, call(1n));
  assert.deepEqual(found.actions, [errno(1)]);
  assert.equal(found.rules.length, 1);
  assert.equal(found.by, "rule");
});

Deno.test("3: a rule matches if all of its conditions hold", () => {
  const meant = meaning(
    rule(errno(1), condition(0, "==", 1n), condition(1, ">", 2n)),
  );
  const actions = (...args: bigint[]) => answer(meant, call(...args)).actions;
  assert.deepEqual(actions(1n, 3n), [errno(1)]);
  assert.deepEqual(actions(1n, 2n), [ALLOW]);
  assert.deepEqual(actions(0n, 3n), [ALLOW]);
});

Deno.test("3: of the rules that match the most restrictive decides", () => {
  const about = [LOG, KILL_PROCESS, errno(1), TRAP, KILL_THREAD];
  // From seccomp(2).
  const order = [KILL_PROCESS, KILL_THREAD, TRAP, errno(1), LOG];
  for (let from = 0; from < order.length; from++) {
    const rules = about.filter((action) => order.indexOf(action) >= from)
      .map((action) => rule(action, condition(0, ">=", 1n)));
    assert.deepEqual(answer(meaning(...rules), call(1n)).actions, [
      order[from],
    ]);
  }
});

Deno.test("3: of two errnos either is right, each once", () => {
  const meant = meaning(
    rule(errno(1), condition(0, "<", 9n)),
    rule(errno(2), condition(1, "<", 9n)),
    rule(errno(1), condition(2, "<", 9n)),
  );
  const found = answer(meant, call(0n, 0n));
  assert.deepEqual(found.actions, [errno(1), errno(2)]);
  assert.equal(found.rules.length, 3);
  assert.deepEqual(answer(meant, call(9n, 0n, 9n)).actions, [errno(2)]);
});

Deno.test("4: where none matches the default action decides", () => {
  const meant = meaning(rule(errno(1), condition(0, "==", 1n)));
  assert.deepEqual(answer(meant, call(2n)), {
    actions: [ALLOW],
    rules: [],
    by: "default action",
  });
  assert.equal(answer(meant, { ...call(), number: 8 }).by, "default action");
});

const HOLDS: readonly [
  condition: MeantCondition,
  arg: bigint,
  on64: boolean,
  on32: boolean,
][] = [
  [condition(0, "==", 5n), 0x1_0000_0005n, false, true],
  [condition(0, "!=", 5n), 0x1_0000_0005n, true, false],
  [condition(0, "==", 0x1_0000_0005n), 5n, false, true],
  [condition(0, "<", 1n), ALL_BITS, false, false],
  [condition(0, ">", 1n), ALL_BITS, true, true],
  [condition(0, ">", 0xffff_fffen), 0xffff_ffff_0000_0000n, true, false],
  [condition(0, "<=", 5n), 0x8000_0000_0000_0005n, false, true],
  [condition(0, ">=", 5n), 5n, true, true],
  [condition(0, ">=", 5n), 4n, false, false],
  [condition(0, "==", 0xf0n, 0xffn), 0xabf0n, true, true],
  [condition(0, "==", 0xaff0n, 0xffn), 0xabf0n, true, true],
  [condition(0, "==", 1n << 32n, 3n << 32n), 3n << 32n, false, true],
];

for (const [each, arg, on64, on32] of HOLDS) {
  const mask = each.mask === ALL_BITS ? "" : ` & 0x${each.mask.toString(16)}`;
  const text = `0x${arg.toString(16)}${mask} ${each.comparison} 0x${
    each.value.toString(16)
  }`;
  Deno.test(`${text} is ${on64} over 64 bits and ${on32} over 32`, () => {
    assert.equal(holds(each, [arg], true), on64);
    assert.equal(holds(each, [arg], false), on32);
  });
}

Deno.test("an argument that is left out is 0", () => {
  assert.ok(holds(condition(5, "==", 0n), [], true));
});
