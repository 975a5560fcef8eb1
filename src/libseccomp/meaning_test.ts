import assert from "node:assert/strict";
import { journalOf, type RuleSet } from "../../tests/rule_set.ts";
import { answer, type Meaning } from "../bpf/meaning.ts";
import { ArchAMD64, ArchPPC64, ArchX86, getNativeArch } from "./arch.ts";
import { meaningOf } from "./meaning.ts";

const ignore = getNativeArch() !== ArchAMD64;
const EPERM = 0x0005_0001;
const ALLOW = 0x7fff_0000;
const X32_BIT = 0x4000_0000;

const means = (set: Omit<RuleSet, "default">) =>
  meaningOf(journalOf({ default: "Allow", ...set }));
const action = (
  meaning: Meaning,
  number: number,
  args: readonly bigint[] = [],
  architecture = ArchAMD64.token,
) => answer(meaning, { number, architecture, args }).actions[0];

Deno.test({
  name: "a rule goes to each ABI by the call's name",
  ignore,
  fn() {
    const meaning = means({
      architectures: ["x86", "x32"],
      rules: [{ call: "mkdir", action: "Errno(1)" }],
    });
    assert.equal(action(meaning, 83), EPERM);
    assert.equal(action(meaning, X32_BIT + 83), EPERM);
    assert.equal(action(meaning, 39, [], ArchX86.token), EPERM);
    assert.equal(action(meaning, 39), ALLOW);
  },
});

Deno.test({
  name: "the number of a skipped call is not left to the bad-arch action",
  ignore,
  fn() {
    const rules: RuleSet["rules"] = [];
    assert.equal(action(means({ rules }), 0xffff_ffff), ALLOW);
    const both = means({ rules, architectures: ["x32"] });
    assert.equal(action(both, 0xffff_ffff), ALLOW);
    assert.equal(action(both, 0xffff_fffe), ALLOW);
    assert.equal(action(means({ rules }), 0xffff_fffe), 0);
  },
});

Deno.test({
  name: "on x86 a call is made through another and directly, where it can be",
  ignore,
  fn() {
    const meaning = means({
      architectures: ["x86"],
      rules: [
        { call: "socket", action: "Errno(1)", when: ["arg0 == 0x10"] },
        { call: "semop", action: "Errno(1)", when: ["arg2 == 0x5"] },
      ],
    });
    const on = (number: number, ...args: bigint[]) =>
      action(meaning, number, args, ArchX86.token);
    // socketcall(2): SYS_SOCKET, whatever the arguments behind its pointer.
    assert.equal(on(102, 1n, 0n), EPERM);
    assert.equal(on(102, 2n, 0n), ALLOW);
    assert.equal(on(359, 0x10n), EPERM);
    assert.equal(on(359, 1n), ALLOW);
    // ipc(2): SEMOP, whose third argument is its own third.
    assert.equal(on(117, 1n, 0n, 5n), EPERM);
    assert.equal(on(117, 1n, 5n, 0n), ALLOW);
    assert.equal(on(117, 3n, 0n, 5n), ALLOW);
  },
});

Deno.test({
  name: "a call that an ABI lacks has no rule there",
  ignore,
  fn() {
    const meaning = means({
      architectures: ["x86"],
      rules: [{ call: "arch_prctl", action: "Errno(1)" }, {
        call: "setuid32",
        action: "Errno(1)",
      }],
    });
    const [native, x86] = meaning.abis;
    assert.deepEqual([...native.rules.keys()], [158]);
    assert.deepEqual([...x86.rules.keys()].toSorted(), [213, 384]);
  },
});

Deno.test("a comparison under a mask of no bits is no condition", () => {
  const [{ rules }] = means({
    rules: [{
      call: "getuid",
      action: "Errno(1)",
      when: ["arg0 & 0x0 == 0x5", "arg1 == 0x5"],
    }],
  }).abis;
  assert.deepEqual([...rules.values()].flat().map((each) => each.conditions), [
    [{ argument: 1, comparison: "==", mask: 2n ** 64n - 1n, value: 5n }],
  ]);
});

Deno.test({
  name: "on an ABI of 32 bits a mask of the upper half alone has none",
  ignore,
  fn() {
    const when = ["arg0 & 0xffffffff00000000 == 0x0"];
    const rule = { call: "getuid", action: "Errno(1)", when };
    const meaning = means({ architectures: ["x86"], rules: [rule] });
    assert.equal(action(meaning, 102, [1n << 32n]), ALLOW);
    assert.equal(action(meaning, 24, [1n << 32n], ArchX86.token), EPERM);
  },
});

Deno.test("nothing is claimed of an architecture whose calls are not understood", () => {
  const journal = {
    ...journalOf({ default: "Allow", rules: [] }),
    architectures: [ArchPPC64],
  };
  assert.throws(() => meaningOf(journal), { code: "EOPNOTSUPP" });
});

Deno.test({
  name: "a rule without conditions decides its call through another one too",
  ignore,
  fn() {
    const rules: RuleSet["rules"] = [
      { call: "semop", action: "Errno(1)" },
      { call: "semop", action: "KillProcess", when: ["arg1 <= 0x0"] },
    ];
    for (const order of [rules, rules.toReversed()]) {
      const meaning = means({ architectures: ["x86"], rules: order });
      assert.equal(action(meaning, 117, [1n, 0n], ArchX86.token), EPERM);
    }
  },
});
