import assert from "node:assert/strict";
import {
  ActErrno,
  ActKillProcess,
  ActTrap,
  CompareLess,
  CompareLessOrEqual,
  errno,
  getSyscallFromName,
  makeCondition,
  type ScmpFilter,
  type SeccompExpansion,
} from "jacamar-seccomp";
import {
  type Argument,
  type Call,
  expand,
  simulate,
} from "jacamar-seccomp/testing";

const EPERM = ActErrno.setReturnCode(errno.EPERM);
const ENOSYS = ActErrno.setReturnCode(errno.ENOSYS);
const nothing: SeccompExpansion = () => {};
const noPtrace = (filter: ScmpFilter) =>
  filter.addRule(getSyscallFromName("ptrace"), ENOSYS);

Deno.test("a verdict says what happens, by what and at whose wish", async () => {
  const expansion = await expand(noPtrace, { origin: "plugin ptrace.ts" });
  const verdict = simulate(expansion, "ptrace", "PTRACE_ATTACH");
  assert.deepEqual(verdict.action, ENOSYS);
  assert.notDeepEqual(verdict.action, EPERM);
  assert.equal(`${verdict}`, "ActErrno(ENOSYS)");
  assert.equal(verdict.errno, "ENOSYS");
  assert.equal(verdict.passes, false);
  assert.equal(verdict.filter, "filter");
  assert.equal(verdict.by, "rule");
  assert.equal(verdict.origin, "plugin ptrace.ts");
  assert.deepEqual(verdict.rule, expansion.rules("ptrace")[0]);
});

Deno.test("a verdict of the default action has no rule", async () => {
  const open = simulate(await expand(nothing), "mount");
  assert.deepEqual(
    [`${open}`, open.passes, open.errno, open.by, open.origin, open.rule],
    ["ActAllow", true, undefined, "default action", "", undefined],
  );
  const configuration = { block_all: true, allow_calls: ["execve"] };
  const closed = simulate(await expand(nothing, { configuration }), "mount");
  assert.deepEqual([closed.errno, closed.origin], ["EPERM", "block_all"]);
});

Deno.test("of several rules of a plugin a verdict has the one that matches", async () => {
  const expansion = await expand((filter) => {
    for (const value of [7, 9]) {
      filter.addRuleConditional(getSyscallFromName("kill"), EPERM, [
        makeCondition(1, CompareLess, value),
        makeCondition(0, CompareLessOrEqual, 9 - value),
      ]);
    }
  });
  const first = simulate(expansion, "kill", 2, "SIGABRT");
  assert.equal(first.rule?.conditions[0].operandOne, 7n);
  const second = simulate(expansion, "kill", 0, 8);
  assert.equal(second.rule?.conditions[0].operandOne, 9n);
});

Deno.test("of two rules that match a verdict has the more restrictive one", async () => {
  const expansion = await expand((filter) => {
    for (const [action, signal] of [[EPERM, 10], [ActTrap, 5]] as const) {
      filter.addRuleConditional(getSyscallFromName("kill"), action, [
        makeCondition(1, CompareLess, signal),
      ]);
    }
  });
  const verdict = simulate(expansion, "kill", 1, 4);
  assert.equal(`${verdict}`, "ActTrap");
  assert.deepEqual(verdict.rule?.action, ActTrap);
});

Deno.test("calls may be given by number, and arguments in every form", async () => {
  const expansion = await expand(nothing);
  const { number } = getSyscallFromName("ioctl");
  for (const request of ["TIOCSTI", "0x5412", 0x5412, 0x5412n, "21522"]) {
    assert.equal(simulate(expansion, number, 0, request).errno, "EPERM");
  }
  const high = 0xffff_ffff_0000_5412n;
  assert.equal(simulate(expansion, "ioctl", 0, high).errno, "EPERM");
  assert.equal(simulate(expansion, "ioctl", -1, -1).passes, true);
});

const other = Deno.build.arch === "x86_64" ? "x86" : "arm";

Deno.test("a call of an architecture that is not covered kills the process", async () => {
  const verdict = simulate(
    await expand(nothing),
    { call: "ptrace", arch: other },
  );
  assert.deepEqual(verdict.action, ActKillProcess);
  assert.equal(verdict.by, "bad-arch action");
});

Deno.test("what is no call at all is a CallError too", async () => {
  const expansion = await expand(nothing);
  for (const call of [null, undefined, {}, { call: null, arch: "native" }]) {
    assert.throws(
      () => simulate(expansion, call as never),
      { name: "CallError", code: "ECALL" },
    );
  }
});

Deno.test("a call of a further architecture is asked for by its name", async () => {
  const configuration = { architectures: ["native", other] };
  const expansion = await expand(noPtrace, { configuration });
  const verdict = simulate(expansion, { call: "ptrace", arch: other }, 16);
  assert.equal(`${verdict}`, "ActErrno(ENOSYS)");
  assert.deepEqual(verdict.rule, expansion.rules("ptrace")[0]);
});

const slips: [what: string, RegExp, Call, ...Argument[]][] = [
  ["name", /there is no system call "mkdirs"/, "mkdirs"],
  ["number", /1\.5" is not a number/, 1.5],
  ["constant", /there is no constant "TIOCSTY"/, "ioctl", 0, "TIOCSTY"],
  ["fraction", /an argument is an integer, .* not 1\.5/, "ioctl", 1.5],
  ["inexact number", /above 2\^53-1 a bigint/, "ioctl", 2 ** 60],
  ["too large number", /does not fit into 64 bits/, "ioctl", 2n ** 64n],
  ["seventh argument", /at most 6 arguments, not 7/, 1, 1, 2, 3, 4, 5, 6, 7],
  ["kind of call", /a call is a name, a number, or an/, {} as never],
  ["object without arch", /{ call, arch }/, { call: "ioctl" } as never],
  ["architecture", /no architecture 'vax'/, { call: "ioctl", arch: "vax" }],
];
for (const [what, message, call, ...args] of slips) {
  Deno.test(`a wrong ${what} is no verdict but an error`, async () => {
    const expansion = await expand(nothing);
    assert.throws(() => simulate(expansion, call, ...args), message);
  });
}
