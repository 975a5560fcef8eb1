import assert from "node:assert/strict";
import { journal, REFUSE, rule, testCases } from "../../tests/lint_case.ts";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ArchAMD64,
  ArchX86,
  CompareEqual,
  CompareGreater,
  CompareMaskedEqual,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  type ScmpCondition,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { lintNarrower } from "./lint_narrower.ts";

const read = getSyscallFromName("read");
const ENOSYS = ActErrno.setReturnCode(38);
const first = makeCondition(0, CompareEqual, 7);
const second = makeCondition(1, CompareEqual, 5);
const third = makeCondition(2, CompareGreater, 3);

type Conditional = readonly [ScmpAction, readonly ScmpCondition[]];

function program(...rules: readonly Conditional[]): string {
  const filter = new ScmpFilter(ActAllow);
  try {
    for (const [action, conditions] of rules) {
      filter.addRuleConditional(read, action, conditions);
    }
    return filter.exportPFCMem();
  } finally {
    filter.release();
  }
}

Deno.test("libseccomp drops a rule that adds conditions on later arguments, and refuses the reverse", () => {
  for (
    const [wide, narrow] of [
      [[first], [first, second]],
      [[first], [second, first, third]],
      [[first, second], [first, second, third]],
    ]
  ) {
    const wider: Conditional = [REFUSE, wide];
    const narrower: Conditional = [ActKillProcess, narrow];
    assert.equal(program(wider, narrower), program(wider));
    assert.throws(() => program(narrower, wider), { code: "EEXIST" });
  }
});

Deno.test("libseccomp looks at a rule first that lacks conditions on earlier arguments", () => {
  for (
    const [wide, narrow] of [
      [[second], [first, second]],
      [[third], [first, second, third]],
      [[first, third], [first, second, third]],
      [[second, third], [first, second, third]],
    ]
  ) {
    const wider: Conditional = [REFUSE, wide];
    const narrower: Conditional = [ActKillProcess, narrow];
    for (const rules of [[wider, narrower], [narrower, wider]]) {
      const code = program(...rules);
      const at = code.indexOf("action ERRNO(1)");
      assert.ok(at > 0 && at < code.indexOf("action KILL_PROCESS"), code);
    }
  }
});

testCases({
  "a rule with a condition more than an earlier one": {
    journals: [journal([
      rule("read", REFUSE, { when: [first], origin: "a" }),
      rule("read", ActKillProcess, { when: [second, first], origin: "b" }),
    ])],
    says: [
      "read has a rule ActKillProcess on 2 conditions, which loses to ActErrno(EPERM) on one of them [a,b]",
    ],
  },
  "a rule with a condition more than a later one": {
    journals: [journal([
      rule("read", ENOSYS, { when: [first, second, third], origin: "a" }),
      rule("read", REFUSE, { when: [second, third], origin: "b" }),
    ])],
    says: [
      "read has a rule ActErrno(ENOSYS) on 3 conditions, which loses to ActErrno(EPERM) on 2 of them [b,a]",
    ],
  },
  "a narrower rule with the same action": {
    journals: [journal([
      rule("read", REFUSE, { when: [first] }),
      rule("read", REFUSE, { when: [first, second] }),
    ])],
    says: [],
  },
  "rules whose conditions only overlap": {
    journals: [journal([
      rule("read", REFUSE, { when: [first, second] }),
      rule("read", ENOSYS, { when: [first, third] }),
      rule("read", ActKillProcess, {
        when: [makeCondition(0, CompareMaskedEqual, 0xff, 7), second],
      }),
    ])],
    says: [],
  },
  "a narrower rule on another architecture, or for another call": {
    journals: [journal([
      rule("read", REFUSE, { when: [first] }),
      rule("read", ENOSYS, { when: [first, second], on: [ArchX86] }),
      rule("write", ENOSYS, { when: [first, second] }),
    ], { architectures: [ArchAMD64, ArchX86] })],
    says: [],
  },
  "a narrower rule that loses to one without conditions anyway": {
    journals: [journal([
      rule("read", REFUSE, { when: [first] }),
      rule("read", ENOSYS, { when: [first, second] }),
      rule("read", REFUSE),
    ])],
    says: [],
  },
}, ([journal]) => lintNarrower(journal));
