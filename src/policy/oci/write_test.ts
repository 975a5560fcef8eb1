import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActKillThread,
  ActLog,
  ActNotify,
  ActTrace,
  ActTrap,
  ArchX86,
  CompareEqual,
  CompareMaskedEqual,
  getNativeArch,
  getSyscallFromName,
  type Journal,
  type JournalRule,
  makeCondition,
  type ScmpAction,
  ScmpSyscall,
} from "../../libseccomp/mod.ts";
import { OCI_OPERATORS } from "./names.ts";
import { parseProfile, type ProfileHost } from "./profile.ts";
import { formatOciProfile, toOciProfile } from "./write.ts";

const NATIVE = getNativeArch();
const HOST: ProfileHost = {
  architecture: NATIVE,
  kernel: "6.1.0",
  capabilities: new Set(),
};
const EPERM = ActErrno.setReturnCode(1);

function rule(
  name: string,
  action: ScmpAction,
  members: Partial<JournalRule> = {},
): JournalRule {
  return {
    syscall: getSyscallFromName(name),
    action,
    conditions: [],
    architectures: [NATIVE],
    exact: false,
    origin: "test",
    ...members,
  };
}

function journal(members: Partial<Journal>): Journal {
  return {
    defaultAction: ActAllow,
    defaultOrigin: "",
    badArchOrigin: "",
    priorities: [],
    badArchAction: ActKillThread,
    architectures: [NATIVE],
    rules: [],
    noNewPrivs: undefined,
    log: false,
    speculativeStoreBypass: false,
    waitKill: false,
    optimize: 1,
    isReplaced: false,
    ...members,
  };
}

/** What the profile says of each call, in order, each thing once. */
function byCall(
  rules: readonly Pick<JournalRule, "syscall" | "action" | "conditions">[],
): Map<number, Set<string>> {
  const calls = new Map<number, Set<string>>();
  for (const { syscall, action, conditions } of rules) {
    const said = calls.get(syscall.number) ?? new Set();
    calls.set(syscall.number, said);
    said.add([action, ...conditions.flatMap(Object.values)].join(" "));
  }
  return calls;
}

const operand = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const condition = fc.record({
  argument: fc.nat({ max: 5 }),
  op: fc.constantFrom(...Object.values(OCI_OPERATORS)),
  one: operand,
  two: operand,
}).map(({ argument, op, one, two }) =>
  op === CompareMaskedEqual
    ? makeCondition(argument, op, one, two)
    : makeCondition(argument, op, one)
);
/** Conditions that differ in one value. */
const ALIKE = [[1, 0], [1, 1], [3, 1]].map(([mask, value]) => [
  makeCondition(0, CompareMaskedEqual, mask, value),
]);
const action = fc.oneof(
  fc.constantFrom(ActAllow, ActLog, ActTrap, ActKillThread, ActKillProcess),
  fc.nat({ max: 4094 }).map((code) => ActErrno.setReturnCode(code)),
  fc.nat({ max: 0xffff }).map((code) => ActTrace.setReturnCode(code)),
);
const anyRule = fc.record({
  name: fc.constantFrom("mkdirat", "unlinkat", "read", "close", "ioctl"),
  // Few actions and many rules, so that some have the same.
  action: fc.oneof(fc.constantFrom(EPERM, ActLog), action),
  conditions: fc.oneof(
    fc.constant([]),
    fc.constantFrom(...ALIKE),
    fc.uniqueArray(condition, { selector: ({ argument }) => argument }),
  ),
}).map(({ name, action, conditions }) => rule(name, action, { conditions }));
const anyJournal = fc.record({
  defaultAction: action,
  rules: fc.array(anyRule),
  log: fc.boolean(),
  speculativeStoreBypass: fc.boolean(),
}).map((members) =>
  journal({
    ...members,
    // libseccomp takes no rule for the default action.
    rules: members.rules.filter(({ action }) =>
      !action.equals(members.defaultAction)
    ),
  })
);

Deno.test("a profile that is read again is the filter that was written", () => {
  fc.assert(fc.property(anyJournal, (journal) => {
    const { profile, notes } = toOciProfile(journal);
    const again = parseProfile("p.json", formatOciProfile(profile), HOST);
    assert.deepEqual([notes, again.notes], [[], []]);
    assert.ok(again.defaultAction.equals(journal.defaultAction));
    assert.deepEqual(again.architectures, journal.architectures);
    assert.equal(again.log, journal.log);
    assert.equal(again.speculativeStoreBypass, journal.speculativeStoreBypass);
    const written = byCall(journal.rules);
    const read = byCall(again.rules);
    assert.deepEqual(read, written);
    for (const [call, said] of written) {
      assert.deepEqual([...read.get(call) ?? []], [...said]);
    }
  }));
});

Deno.test("calls of which the same is said are one entry, sorted by name", () => {
  const conditions = [makeCondition(0, CompareEqual, 2n ** 64n - 1n)];
  const { profile } = toOciProfile(journal({
    defaultAction: ActErrno.setReturnCode(38),
    rules: [
      rule("unlinkat", ActAllow),
      rule("close", EPERM, { conditions }),
      rule("mkdirat", ActAllow),
    ],
    log: true,
  }));
  assert.equal(
    formatOciProfile(profile),
    `{
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 38,
  "architectures": [
    "SCMP_ARCH_${NATIVE.name.toUpperCase()}"
  ],
  "flags": [
    "SECCOMP_FILTER_FLAG_LOG"
  ],
  "syscalls": [
    {
      "names": [
        "mkdirat",
        "unlinkat"
      ],
      "action": "SCMP_ACT_ALLOW"
    },
    {
      "names": [
        "close"
      ],
      "action": "SCMP_ACT_ERRNO",
      "errnoRet": 1,
      "args": [
        {
          "index": 0,
          "value": 18446744073709551615,
          "op": "SCMP_CMP_EQ"
        }
      ]
    }
  ]
}
`,
  );
});

Deno.test("the rules of one call stay in their order", () => {
  const { profile } = toOciProfile(journal({
    rules: [
      rule("close", EPERM),
      rule("read", ActLog),
      rule("read", EPERM),
      rule("mkdirat", EPERM),
    ],
  }));
  assert.deepEqual(
    profile.syscalls.map(({ names, action }) => [action, ...names]),
    [
      ["SCMP_ACT_ERRNO", "close", "mkdirat"],
      ["SCMP_ACT_LOG", "read"],
      ["SCMP_ACT_ERRNO", "read"],
    ],
  );
});

Deno.test("what a profile cannot say is noted", () => {
  const notesOf = (members: Partial<Journal>) =>
    toOciProfile(journal(members)).notes;
  assert.deepEqual(notesOf({ badArchAction: EPERM }), [
    "a call of another architecture is answered with ActKillThread by container runtimes, not with ActErrno(EPERM)",
  ]);
  assert.deepEqual(notesOf({ architectures: [ArchX86] }), [
    `container runtimes cover ${NATIVE} too, which the filter does not`,
  ]);
  assert.deepEqual(notesOf({ noNewPrivs: true }), [
    "no_new_privs is not in a profile: it is process.noNewPrivileges of the bundle",
  ]);
  assert.deepEqual(notesOf({ rules: [rule("read", ActNotify)] }), [
    "read ActNotify (test) needs a listenerPath, which the filter does not have",
  ]);
});

Deno.test("a call without a name is left out", () => {
  const syscall = new ScmpSyscall(1000);
  const { profile, notes } = toOciProfile(journal({
    rules: [rule("read", EPERM, { syscall }), rule("close", EPERM)],
  }));
  assert.deepEqual(profile.syscalls.map(({ names }) => names), [["close"]]);
  assert.deepEqual(notes, [
    "[syscall 1000] ActErrno(EPERM) (test) is left out: the call has no name",
  ]);
});

Deno.test("a rule for some architectures errs on the side of refusal", () => {
  const rules = [
    rule("read", ActAllow),
    rule("close", ActAllow, { architectures: [NATIVE, ArchX86] }),
    rule("mkdirat", ActKillProcess),
  ];
  const { profile, notes } = toOciProfile(
    journal({
      defaultAction: EPERM,
      architectures: [NATIVE, ArchX86],
      rules,
    }),
  );
  assert.deepEqual(profile.syscalls.map(({ names }) => names), [
    ["close"],
    ["mkdirat"],
  ]);
  assert.deepEqual(notes, [
    `read ActAllow (test) holds for ${NATIVE} only and is left out`,
    `mkdirat ActKillProcess (test) holds for ${NATIVE} only, in the profile for all architectures`,
  ]);
});
