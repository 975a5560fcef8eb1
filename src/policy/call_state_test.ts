import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActKillThread,
  ActLog,
  ActTrace,
  ActTrap,
  ArchAMD64,
  ArchARM64,
  ArchX86,
  CompareEqual,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  type ScmpCondition,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { journal, REFUSE, refuse, rule } from "../../tests/lint_case.ts";
import { CallStates } from "./call_state.ts";

const ACTIONS = [
  ActKillProcess,
  ActKillThread,
  ActTrap,
  ActErrno.setReturnCode(1),
  ActErrno.setReturnCode(2),
  ActTrace,
  ActLog,
];
const mkdirat = getSyscallFromName("mkdirat");
const condition = [makeCondition(1, CompareEqual, 5)];

/** The program of some rules for one call, each with or without conditions. */
function program(
  ...rules: readonly (readonly [ScmpAction, (readonly ScmpCondition[])?])[]
): string {
  const filter = new ScmpFilter(ActAllow);
  try {
    for (const [action, conditions] of rules) {
      if (conditions) filter.addRuleConditional(mkdirat, action, conditions);
      else filter.addRule(mkdirat, action);
    }
    return filter.exportBPFMem().toHex();
  } finally {
    filter.release();
  }
}

Deno.test("libseccomp decides by the first rule without conditions, whatever others there are", () => {
  for (const wins of ACTIONS) {
    const alone = program([wins]);
    for (const loses of ACTIONS.filter((action) => !action.equals(wins))) {
      assert.equal(program([wins], [loses]), alone);
      assert.equal(program([wins], [loses, condition]), alone);
      assert.equal(program([loses, condition], [wins]), alone);
      assert.notEqual(program([loses]), alone);
    }
  }
});

Deno.test("libseccomp takes no second action for the same conditions", () => {
  assert.throws(
    () => program([ActTrap, condition], [ActLog, condition]),
    { code: "EEXIST" },
  );
});

function openness(name: string, ...journals: Parameters<typeof journal>[]) {
  const states = new CallStates(
    journals.map((args) => journal(...args)),
    ArchAMD64,
  );
  return states.of(name)?.openness;
}

Deno.test("a call is open, partly open or refused by its rules and the default action", () => {
  const when = { when: condition };
  const refusing = { defaultAction: REFUSE };
  assert.equal(openness("mkdir", [[]]), "open");
  assert.equal(openness("mkdir", [refuse("mkdir")]), "refused");
  assert.equal(openness("mkdir", [[], refusing]), "refused");
  assert.equal(openness("mkdir", [[rule("mkdir", ActLog)]]), "open");
  assert.equal(openness("mkdir", [[rule("mkdir", REFUSE, when)]]), "partly");
  assert.equal(
    openness("mkdir", [[rule("mkdir", ActAllow, when)], refusing]),
    "partly",
  );
  assert.equal(
    openness("mkdir", [[rule("mkdir", ActTrap, when)], refusing]),
    "refused",
  );
  assert.equal(
    openness("mkdir", [[rule("mkdir", REFUSE, when), rule("mkdir", ActLog)]]),
    "open",
  );
});

Deno.test("of several filters the strictest decides, and its rules are named", () => {
  const partly = journal([rule("mkdir", REFUSE, { when: condition })]);
  const refused = journal([rule("mkdir", REFUSE, { origin: "b" })]);
  const states = new CallStates([journal([]), partly, refused], ArchAMD64);
  const state = states.of("mkdir");
  assert.equal(state?.openness, "refused");
  assert.deepEqual(state?.rules.map(({ origin }) => origin), ["b"]);
  assert.equal(
    new CallStates([journal([]), partly], ArchAMD64).of("mkdir")?.openness,
    "partly",
  );
});

Deno.test("on an architecture that a filter does not cover its bad-architecture action decides", () => {
  const covered = journal([], { architectures: [ArchAMD64, ArchX86] });
  const states = (...more: ReturnType<typeof journal>[]) =>
    new CallStates([covered, ...more], ArchAMD64).of("mkdir", ArchX86)
      ?.openness;
  assert.equal(states(), "open");
  assert.equal(states(journal([])), "refused");
  assert.equal(states(journal([], { badArchAction: ActLog })), "open");
});

Deno.test("a call has no state on an architecture without it", () => {
  const states = new CallStates([journal([])], ArchAMD64);
  assert.equal(states.of("mkdir", ArchARM64), undefined);
  assert.equal(states.of("chown32"), undefined);
  assert.equal(states.of("chown32", ArchX86)?.openness, "refused");
  assert.equal(states.of("no_such_call"), undefined);
  // Made through socketcall, which x86 alone has.
  assert.equal(states.of("send"), undefined);
  assert.equal(states.of("send", ArchARM64), undefined);
  assert.equal(states.of("send", ArchX86)?.openness, "refused");
  assert.equal(states.of("fchmodat2")?.openness, "open");
});
