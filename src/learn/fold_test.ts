import assert from "node:assert/strict";
import fc from "fast-check";
import { ArchAMD64, ArchX86, getNativeArch } from "../libseccomp/mod.ts";
import { expandGroup, groups } from "../policy/call_groups.ts";
import { knownSyscallNames } from "../policy/known_calls.ts";
import { existsOn } from "../policy/offered.ts";
import { fold, isKnown } from "./fold.ts";

const NATIVE = [getNativeArch()];

/** The calls of a group that this machine has. */
function callsOf(group: string): string[] {
  const members = expandGroup(group) ?? [];
  return members.filter((call) => isKnown(call) && existsOn(call, NATIVE[0]));
}

/** The groups of which this libseccomp knows all, and this machine has several. */
const USABLE = [...groups.keys()].filter((group) =>
  expandGroup(group)?.every(isKnown) && callsOf(group).length > 1
);

const names = (calls: Iterable<string>) =>
  fold(calls, NATIVE).map(({ name }) => name);

for (const group of USABLE) {
  Deno.test(`${group} stands for its calls if all are there, and not if one is missing`, () => {
    const calls = callsOf(group);
    const folded = fold(calls, NATIVE);
    // A group with the same calls here may stand for them as well.
    assert.equal(folded.length, 1);
    assert.deepEqual(folded[0].calls, calls);
    for (const missing of calls) {
      const rest = calls.filter((call) => call !== missing);
      const open = fold(rest, NATIVE).flatMap(({ calls }) => calls);
      assert.ok(!names(rest).includes(group), missing);
      assert.deepEqual(open.sort(), rest);
    }
  });
}

Deno.test("entries open what is called, each call once, and nothing else", () => {
  const group = fc.constantFrom(...USABLE).map(callsOf);
  const some = fc.subarray(knownSyscallNames());
  fc.assert(fc.property(fc.array(group), some, (groups, some) => {
    const calls = new Set([...groups.flat(), ...some]);
    const open = fold(calls, NATIVE).flatMap(({ name }) =>
      name.startsWith("@") ? callsOf(name) : [name]
    );
    assert.deepEqual(open.sort(), [...calls].sort());
  }));
});

Deno.test("the largest group comes first, and then the calls by name", () => {
  const calls = [
    ...callsOf("@privileged"),
    ...callsOf("@sync"),
    "read",
    "dup3",
  ];
  const usable = [...USABLE].sort((one, other) =>
    callsOf(other).length - callsOf(one).length
  );
  const [first] = usable.filter((group) =>
    callsOf(group).every((call) => calls.includes(call))
  );
  assert.equal(names(calls)[0], first);
  assert.ok(names(calls).includes("@sync"));
  assert.deepEqual(names(["write", "read", "dup3"]), ["dup3", "read", "write"]);
});

Deno.test("a group of which one call exists here is no shorter", () => {
  const ignoresOthers = names(["modify_ldt"]);
  assert.deepEqual(ignoresOthers, ["modify_ldt"]);
});

Deno.test("a group with a call that this libseccomp does not know is not used", () => {
  for (const group of groups.keys()) {
    if (expandGroup(group)?.every(isKnown)) continue;
    assert.ok(!names(callsOf(group)).includes(group), group);
  }
});

Deno.test({
  name: "a group opens calls of all architectures: all of these must be there",
  // The test is about x86, which aarch64 does not have.
  ignore: NATIVE[0] !== ArchAMD64,
  fn() {
    const native = callsOf("@chown");
    assert.deepEqual(names(native), ["@chown"]);
    const both = fold(native, [ArchAMD64, ArchX86]).map(({ name }) => name);
    assert.deepEqual(both, native);
    const all = expandGroup("@chown") ?? [];
    const [folded] = fold(all, [ArchAMD64, ArchX86]);
    assert.equal(folded.name, "@chown");
  },
});
