import assert from "node:assert/strict";
import { journal, REFUSE, rule, testCases } from "../../tests/lint_case.ts";
import {
  ActAllow,
  ArchAMD64,
  ArchARM,
  ArchX32,
  ArchX86,
  CompareEqual,
  CompareGreater,
  CompareGreaterEqual,
  CompareLess,
  CompareLessOrEqual,
  CompareMaskedEqual,
  getNativeArch,
  getSyscallFromName,
  makeCondition,
  type ScmpArch,
  type ScmpCondition,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { lintConditions } from "./lint_conditions.ts";

const both = [ArchAMD64, ArchX86];

/** A filter with one rule. */
function one(
  call: string,
  when: readonly ScmpCondition[],
  on: readonly ScmpArch[] = [ArchAMD64],
) {
  return [journal([rule(call, REFUSE, { when, on })], { architectures: on })];
}

function program(on: ScmpArch, ...when: readonly ScmpCondition[]): string {
  const filter = new ScmpFilter(ActAllow);
  try {
    if (on !== getNativeArch()) {
      filter.addArch(on);
      filter.removeArch(getNativeArch());
    }
    filter.addRuleConditional(getSyscallFromName("read"), REFUSE, when);
    return filter.exportPFCMem();
  } finally {
    filter.release();
  }
}

Deno.test("libseccomp makes the same of conditions that are said to be the same", () => {
  const masked = (mask: number | bigint, value: number) =>
    makeCondition(0, CompareMaskedEqual, mask, value);
  const native = getNativeArch();
  const narrow = native === ArchAMD64 ? ArchX86 : ArchARM;
  const equal = makeCondition(1, CompareEqual, 7);
  const pairs: [ScmpArch, ScmpCondition[], ScmpCondition[]][] = [
    [native, [masked(0xff, 0x1ff)], [masked(0xff, 0xff)]],
    [native, [equal, masked(0, 0)], [equal]],
    [narrow, [equal, masked(0xff_0000_0000n, 0)], [equal]],
    [
      narrow,
      [makeCondition(0, CompareGreaterEqual, 0x1_0000_0000)],
      [makeCondition(0, CompareGreaterEqual, 0)],
    ],
  ];
  for (const [arch, written, meant] of pairs) {
    assert.equal(program(arch, ...written), program(arch, ...meant));
  }
});

testCases({
  "a value of more than 32 bits where arguments have 32": {
    journals: one("read", [
      makeCondition(0, CompareEqual, 0x1_0000_0005),
    ], [...both, ArchX32]),
    says: [
      "read on x86 and x32: arg0 == 0x100000005 is arg0 == 0x5: only the low 32 bits are compared",
    ],
  },
  "comparisons by size that always or never hold on 32 bits": {
    journals: one("read", [
      makeCondition(0, CompareGreaterEqual, 0x1_0000_0000),
      makeCondition(1, CompareLess, 0x1_0000_0000),
      makeCondition(2, CompareLessOrEqual, 0x1_ffff_ffff),
      makeCondition(3, CompareGreater, 0x1_ffff_ffff),
    ], [ArchX86]),
    says: [
      "read: arg0 >= 0x100000000 is arg0 >= 0x0, which always holds: only the low 32 bits are compared",
      "read: arg1 < 0x100000000 is arg1 < 0x0, which never holds: only the low 32 bits are compared",
      "read: arg2 <= 0x1ffffffff is arg2 <= 0xffffffff, which always holds: only the low 32 bits are compared",
      "read: arg3 > 0x1ffffffff is arg3 > 0xffffffff, which never holds: only the low 32 bits are compared",
    ],
  },
  "a mask with some bits above the lower 32": {
    journals: one("read", [
      makeCondition(0, CompareMaskedEqual, 0x1_0000_0002n, 0x1_0000_0002n),
      makeCondition(1, CompareMaskedEqual, 0x1_0000_0002n, 2),
    ], [ArchAMD64, ArchARM]),
    says: [
      "read on arm: arg0 & 0x100000002 == 0x100000002 is arg0 & 0x2 == 0x2: only the low 32 bits are compared",
      "read on arm: arg1 & 0x100000002 == 0x2 is arg1 & 0x2 == 0x2: only the low 32 bits are compared",
    ],
  },
  "the same on 64-bit architectures, and masks of all other bits": {
    journals: [
      ...one("read", [makeCondition(0, CompareEqual, 0x1_0000_0005)]),
      ...one("read", [
        makeCondition(0, CompareMaskedEqual, 0xffff_ffff_ffff_ff00n, 0),
        makeCondition(1, CompareEqual, 0xffff_ffff),
      ], both),
    ],
    says: [],
  },
  "a call that the 32-bit architecture lacks": {
    journals: one("arch_prctl", [
      makeCondition(1, CompareEqual, 0x1_0000_0000),
    ], [ArchAMD64, ArchARM]),
    says: [],
  },
  "a value with bits outside the mask": {
    journals: one("ioctl", [
      makeCondition(1, CompareMaskedEqual, 0xff, 0x1ff),
    ], both),
    says: [
      "ioctl: arg1 & 0xff == 0x1ff is arg1 & 0xff == 0xff: bits of the value outside the mask do not count",
    ],
  },
  "a mask of nothing": {
    journals: one("personality", [
      makeCondition(0, CompareMaskedEqual, 0, 0),
    ], both),
    says: [
      "personality: arg0 & 0x0 == 0x0 always holds: the rule is one without conditions, and decides over all that have some",
    ],
  },
  "a mask of nothing beside another condition": {
    journals: one("ioctl", [
      makeCondition(0, CompareEqual, 1),
      makeCondition(1, CompareMaskedEqual, 0, 5),
    ]),
    says: ["ioctl: arg1 & 0x0 == 0x5 always holds"],
  },
  "a mask of upper bits only": {
    journals: one("read", [
      makeCondition(2, CompareMaskedEqual, 0xff_0000_0000n, 0),
    ], both),
    says: [
      "read on x86: arg2 & 0xff00000000 == 0x0 always holds: the rule is one without conditions, and decides over all that have some",
    ],
  },
  "the same condition for many calls, in two filters": {
    journals: ["a", "b"].map((origin) =>
      journal(
        ["read", "write"].map((call) =>
          rule(call, REFUSE, {
            when: [makeCondition(0, CompareMaskedEqual, 1, 3)],
            origin,
          })
        ),
      )
    ),
    says: [
      "read and write: arg0 & 0x1 == 0x3 is arg0 & 0x1 == 0x1: bits of the value outside the mask do not count [a,b]",
    ],
  },
}, lintConditions);
