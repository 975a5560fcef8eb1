import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  ActLog,
  ArchAMD64,
  ArchARM64,
  ArchX32,
  ArchX86,
  CompareMaskedEqual,
  getNativeArch,
  makeCondition,
  type ScmpArch,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  refuse,
  rule,
  surroundings,
  testCases,
} from "../../tests/lint_case.ts";
import { families } from "./call_families.ts";
import { testUnless } from "../../tests/program.ts";
import { CallStates, isKnown } from "./call_state.ts";
import type { Finding } from "./finding.ts";
import { lintSiblings } from "./lint_siblings.ts";
import { newerCalls } from "./newer_calls.ts";

const CLONE_NEWUSER = 0x1000_0000;
const newUser = [
  makeCondition(0, CompareMaskedEqual, CLONE_NEWUSER, CLONE_NEWUSER),
];
const noNewUser = [makeCondition(0, CompareMaskedEqual, CLONE_NEWUSER, 0)];
const creating = [makeCondition(2, CompareMaskedEqual, 0o100, 0o100)];
const TIOCSTI = makeCondition(1, CompareMaskedEqual, 0xffff_ffff, 0x5412);

testCases({
  "mkdir without mkdirat": {
    journals: [journal([rule("mkdir", REFUSE, { origin: "block_calls a:3" })])],
    says: [
      "mkdir is refused and mkdirat, which does the same, is not [block_calls a:3]",
    ],
  },
  "mkdir with mkdirat": {
    journals: [journal(refuse("mkdir", "mkdirat"))],
    says: [],
  },
  "a call is named once for all that do the same, with all origins": {
    journals: [journal([
      rule("chmod", REFUSE, { origin: "a" }),
      rule("fchmodat", REFUSE, { origin: "b" }),
      rule("fchmodat2", REFUSE, { origin: "b" }),
    ])],
    says: [
      "chmod, fchmodat and fchmodat2 are refused and fchmod, which does the same, is not [a,b]",
    ],
  },
  "open without its siblings": {
    journals: [journal(refuse("open", "creat"))],
    says: [
      "open and creat are refused and openat2 and openat, which do the same, are not",
    ],
  },
  "a stronger call refused alone is no gap": {
    journals: [
      journal(refuse("openat2", "clone3", "renameat2", "execveat", "ptrace")),
    ],
    says: [],
  },
  "open and all stronger ones, with the weaker creat left": {
    journals: [journal(refuse("open", "openat", "openat2"))],
    says: [],
  },
  "fork and vfork, but not clone": {
    journals: [journal(refuse("fork", "vfork"))],
    says: [
      "fork and vfork are refused and clone3 and clone, which do the same, are not",
    ],
  },
  "clone, but not fork and vfork": {
    journals: [journal(refuse("clone", "clone3"))],
    says: ["clone is refused and fork and vfork, which do the same, are not"],
  },
  "unlinkat is both unlink and rmdir": {
    journals: [journal(refuse("unlink", "rmdir"))],
    says: [
      "unlink and rmdir are refused and unlinkat, which does the same, is not",
    ],
  },
  "unlinkat with unlink leaves rmdir, which removes no file": {
    journals: [journal(refuse("unlink", "unlinkat"))],
    says: [],
  },
  "process_vm_readv and process_vm_writev without ptrace": {
    journals: [journal(refuse("process_vm_readv", "process_vm_writev"))],
    says: [
      "process_vm_readv and process_vm_writev are refused and ptrace, which does the same, is not",
    ],
  },
  "the new mount calls without mount": {
    journals: [journal(refuse("fsopen", "fsmount", "move_mount"))],
    says: [
      "move_mount, fsopen and fsmount are refused and mount, which does the same, is not",
    ],
  },
  "a request of ioctl has no siblings": {
    journals: [journal([rule("ioctl", REFUSE, { when: [TIOCSTI] })])],
    says: [],
  },
  "clone by its flags without clone3": {
    journals: [journal([rule("clone", REFUSE, { when: newUser })])],
    says: [
      "clone passes only with some arguments and clone3, which does the same, with any; refuse clone3 with ENOSYS",
    ],
  },
  "clone by its flags with clone3": {
    journals: [journal([
      rule("clone", REFUSE, { when: newUser }),
      rule("clone3", ActErrno.setReturnCode(38)),
    ])],
    says: [],
  },
  "an allowlist with clone by its flags and all of clone3": {
    journals: [journal([
      rule("clone", ActAllow, { when: noNewUser }),
      rule("clone3", ActAllow),
    ], { defaultAction: REFUSE })],
    says: [
      "clone passes only with some arguments and clone3, which does the same, with any; refuse clone3 with ENOSYS",
    ],
  },
  "openat by its flags without open": {
    journals: [journal([
      rule("openat", REFUSE, { when: creating }),
      rule("openat2"),
    ])],
    says: [
      "openat passes only with some arguments and open, which does the same, with any",
    ],
  },
  "unlinkat by its flags is no unlink": {
    journals: [journal([rule("unlinkat", REFUSE, { when: creating })])],
    says: [],
  },
  "a rule that only logs refuses nothing": {
    journals: [journal([rule("mkdir", ActLog)])],
    says: [],
  },
  "an allowlist need not allow all siblings": {
    journals: [journal([rule("mkdirat", ActAllow)], { defaultAction: REFUSE })],
    says: [],
  },
  "a sibling that another filter refuses is not open": {
    journals: [journal(refuse("mkdir")), journal(refuse("mkdirat"))],
    says: [],
  },
  "on aarch64 there is no mkdir": {
    journals: [journal([rule("mkdirat", REFUSE, { on: [ArchARM64] })], {
      architectures: [ArchARM64],
    })],
    on: ArchARM64,
    says: [],
  },
  "32-bit x86 has siblings of its own": {
    journals: [journal(
      ["setuid", "setreuid", "setresuid"].map((call) =>
        rule(call, REFUSE, { on: [ArchAMD64, ArchX86] })
      ),
      { architectures: [ArchAMD64, ArchX86] },
    )],
    says: [
      "setuid, setreuid and setresuid are refused and setuid32, setreuid32 and setresuid32, which do the same, are not on x86",
    ],
  },
  "what is so on x86_64 is not told again of x32": {
    journals: [journal([
      rule("mkdir", REFUSE, { on: [ArchAMD64, ArchX32] }),
    ], { architectures: [ArchAMD64, ArchX32] })],
    says: ["mkdir is refused and mkdirat, which does the same, is not"],
  },
}, (_, states) => knownOnly(lintSiblings(states, surroundings)));

/** Notices depend on what the installed libseccomp knows. */
function knownOnly(
  found: ReturnType<typeof lintSiblings>,
  kind: Finding["severity"] = "warning",
) {
  return found.filter(({ severity }) => severity === kind);
}

const unknown = [...newerCalls.keys()].filter((name) => !isKnown(name));

Deno.test("siblings that libseccomp does not know are a notice, until they are refused by number", () => {
  const native = getNativeArch();
  const on = [native];
  const notices = (...numbers: readonly number[]) => {
    const rules = families.flatMap(({ tiers }) => tiers.flat()).filter(isKnown)
      .map((call) => rule(call, REFUSE, { on }));
    const byNumber = numbers.map((number) =>
      rule(new ScmpSyscall(number), REFUSE, { on })
    );
    const all = journal([...rules, ...byNumber], { architectures: on });
    return [...lintSiblings(new CallStates([all], native), surroundings)];
  };
  const numbers = unknown.flatMap((name) => newerCalls.get(name)?.number ?? []);
  assert.deepEqual(notices(...numbers), []);
  const found = notices();
  assert.equal(found.length, unknown.length > 0 ? 1 : 0);
  for (const { severity, message } of found) {
    assert.equal(severity, "notice");
    for (const name of unknown) assert.ok(message.includes(`${name} (`), name);
  }
});

const allKnown = unknown.length === 0
  ? "this libseccomp knows every call"
  : undefined;

testUnless(
  allKnown,
  "a number is no advice for a filter of several architectures",
  () => {
    const native = getNativeArch();
    const notice = (...on: readonly ScmpArch[]) => {
      const all = families.flatMap(({ tiers }) => tiers.flat()).filter(isKnown)
        .map((call) => rule(call, REFUSE, { on }));
      const states = new CallStates(
        [journal(all, { architectures: on })],
        native,
      );
      const [{ message }] = knownOnly(
        lintSiblings(states, surroundings),
        "notice",
      );
      return message;
    };
    assert.match(notice(native), /a plugin can refuse a call by its number$/);
    assert.match(
      notice(native, ArchX32),
      new RegExp(`by its number, this one is of ${native} and x32$`),
    );
  },
);

Deno.test("each call of a family is one that libseccomp knows, or newer", () => {
  const names = families.flatMap(({ tiers }) => tiers.flat());
  const strangers = names.filter((name) =>
    !isKnown(name) && !newerCalls.has(name)
  );
  assert.deepEqual(strangers, []);
});

Deno.test("a newer call has the number that libseccomp gives it, if it knows it", () => {
  const states = new CallStates([journal([])], ArchAMD64);
  for (const [name, { number }] of newerCalls) {
    assert.ok(states.of(name), name);
    if (isKnown(name)) assert.equal(new ScmpSyscall(number).getName(), name);
  }
});

Deno.test("no call stands in a family twice, and each family has two calls", () => {
  for (const { tiers } of families) {
    const names = tiers.flat();
    assert.deepEqual([...new Set(names)], names);
    assert.ok(names.length > 1, names.join());
  }
});
