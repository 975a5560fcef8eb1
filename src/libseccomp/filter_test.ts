import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActKillThread,
  ActNotify,
} from "./action.ts";
import { CompareEqual, makeCondition } from "./condition.ts";
import { ScmpFilter } from "./filter.ts";
import { attribute, conclude, filterOf, lend, makeFilter } from "./host.ts";
import { getSyscallFromName } from "./syscall.ts";

const REFUSE = ActErrno.setReturnCode(1);
const mkdir = getSyscallFromName("mkdirat");

/** The instructions of a program as (code, jt, jf, k). */
function decode(program: Uint8Array): number[][] {
  const view = new DataView(
    program.buffer,
    program.byteOffset,
    program.byteLength,
  );
  return Array.from({ length: program.length / 8 }, (_, index) => [
    view.getUint16(index * 8, true),
    view.getUint8(index * 8 + 2),
    view.getUint8(index * 8 + 3),
    view.getUint32(index * 8 + 4, true),
  ]);
}

Deno.test("the program returns the actions that were asked for", () => {
  const filter = new ScmpFilter(ActAllow);
  filter.addRule(mkdir, REFUSE);
  filter.setBadArchAction(ActKillProcess);
  const RET_K = 0x06;
  const returned = decode(filter.exportBPFMem()).filter(([code]) =>
    code === RET_K
  ).map(([, , , k]) => k);
  assert.deepEqual(
    new Set(returned),
    new Set([0x7fff0000, 0x00050001, 0x80000000]),
  );
  filter.release();
});

Deno.test("the journal says what was asked for, by whom", () => {
  const filter = new ScmpFilter(ActAllow);
  attribute(filter, "the test");
  const conditions = [makeCondition(0, CompareEqual, 7)];
  filter.addRule(mkdir, REFUSE);
  filter.addRuleConditional(getSyscallFromName("close"), REFUSE, conditions);
  conditions.pop();
  const { rules, defaultAction, noNewPrivs } = filter.journal;
  assert.deepEqual(rules.map(({ origin }) => origin), ["the test", "the test"]);
  assert.equal(rules[0].syscall, mkdir);
  assert.equal(rules[1].conditions[0].operandOne, 7n);
  assert.deepEqual([defaultAction, noNewPrivs], [ActAllow, undefined]);
  filter.setNoNewPrivsBit(false);
  assert.equal(filter.journal.noNewPrivs, false);
  filter.reset(REFUSE);
  const fresh = filter.journal;
  assert.deepEqual(
    [fresh.rules.length, fresh.defaultAction, fresh.noNewPrivs],
    [0, REFUSE, undefined],
  );
  filter.release();
});

Deno.test("the journal says who chose default and bad-architecture action", () => {
  const origins = ({ journal }: ScmpFilter) => [
    journal.defaultOrigin,
    journal.badArchOrigin,
  ];
  const filter = makeFilter(ActAllow, "a line");
  assert.deepEqual(origins(filter), ["a line", ""]);
  attribute(filter, "a plugin");
  filter.setBadArchAction(ActKillProcess);
  assert.deepEqual(origins(filter), ["a line", "a plugin"]);
  const rebuilt = filterOf(filter.journal);
  assert.deepEqual(origins(rebuilt), ["a line", "a plugin"]);
  filter.reset(REFUSE);
  assert.deepEqual(origins(filter), ["a plugin", "a plugin"]);
  for (const each of [filter, rebuilt]) each.release();
});

Deno.test("a filter that is made of a journal keeps the priorities of calls", () => {
  const filter = new ScmpFilter(ActAllow);
  for (const name of ["close", "chdir", "mkdirat"]) {
    filter.addRule(getSyscallFromName(name), REFUSE);
  }
  const plain = filter.exportBPFMem();
  filter.setSyscallPriority(getSyscallFromName("mkdirat"), 200);
  filter.setSyscallPriority(getSyscallFromName("chdir"), 100);
  const preferring = filter.exportBPFMem();
  assert.notDeepEqual(preferring, plain);
  const rebuilt = filterOf(filter.journal);
  assert.deepEqual(rebuilt.exportBPFMem(), preferring);
  assert.deepEqual(
    rebuilt.journal.priorities.map(({ syscall, priority }) =>
      `${syscall} ${priority}`
    ),
    ["mkdirat 200", "chdir 100"],
  );
  for (const each of [filter, rebuilt]) each.release();
});

Deno.test("a rule that libseccomp refused is not in the journal", () => {
  const filter = new ScmpFilter(ActAllow);
  assert.throws(() => filter.addRule(mkdir, ActAllow), { code: "EACCES" });
  assert.deepEqual(filter.journal.rules, []);
  filter.release();
});

Deno.test("wrong values are refused before libseccomp sees them", () => {
  assert.throws(() => new ScmpFilter(ActNotify), /cannot be ActNotify/);
  const filter = new ScmpFilter(ActAllow);
  const same = makeCondition(0, CompareEqual, 1);
  assert.throws(
    () => filter.addRuleConditional(mkdir, REFUSE, []),
    /at least one condition/,
  );
  assert.throws(
    () => filter.addRuleConditional(mkdir, REFUSE, [same, same]),
    /argument 0 only once/,
  );
  assert.throws(() => filter.addRule(mkdir, 1 as never), /one of the Act/);
  assert.throws(
    () => filter.addRule(83 as never, REFUSE),
    /getSyscallFromName/,
  );
  filter.release();
});

Deno.test("attributes are libseccomp's own", () => {
  const filter = new ScmpFilter(ActAllow);
  assert.deepEqual(
    [
      filter.getNoNewPrivsBit(),
      filter.getLogBit(),
      filter.getSSB(),
      filter.getOptimize(),
    ],
    [true, false, false, 1],
  );
  assert.equal(filter.getBadArchAction(), ActKillThread);
  filter.setNoNewPrivsBit(false);
  filter.setLogBit(true);
  filter.setSSB(true);
  filter.setOptimize(2);
  assert.deepEqual(
    [
      filter.getNoNewPrivsBit(),
      filter.getLogBit(),
      filter.getSSB(),
      filter.getOptimize(),
    ],
    [false, true, true, 2],
  );
  assert.throws(() => filter.setOptimize(3), { code: "EOPNOTSUPP" });
  filter.release();
});

Deno.test("a released filter is of no use any more", () => {
  const filter = new ScmpFilter(ActAllow);
  filter.release();
  filter.release();
  assert.equal(filter.isValid(), false);
  const uses = [
    () => filter.addRule(mkdir, REFUSE),
    () => filter.exportBPFMem(),
    () => filter.reset(ActAllow),
    () => filter.getNoNewPrivsBit(),
    () => filter.load(),
  ];
  for (const use of uses) assert.throws(use, { code: "ESTALE" });
});

Deno.test("a plugin can change the filter that it was lent, and only while it has it", () => {
  const filter = new ScmpFilter(ActAllow);
  lend(filter);
  filter.addRule(mkdir, REFUSE);
  assert.throws(() => filter.release(), /may not release/);
  assert.throws(() => filter.load(), /may not load/);
  const { program, journal } = conclude(filter);
  assert.ok(program.length > 0);
  assert.equal(journal.rules.length, 1);
  assert.throws(
    () => filter.addRule(mkdir, ActKillProcess),
    /after the plugin had returned/,
  );
  assert.equal(filter.isValid(), false);
});
