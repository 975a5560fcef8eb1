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
  ArchARM,
  ArchARM64,
  ArchX32,
  ArchX86,
} from "../../libseccomp/mod.ts";
import { parseProfile, type Profile, type ProfileHost } from "./profile.ts";

const HOST: ProfileHost = {
  architecture: ArchAMD64,
  kernel: "6.1.0-13-amd64",
  capabilities: new Set(["CAP_CHOWN"]),
};

/** Reads a profile whose default action is `SCMP_ACT_ALLOW` unless it has one. */
function parse(profile: object, host: Partial<ProfileHost> = {}): Profile {
  const text = JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", ...profile });
  return parseProfile("p.json", text, { ...HOST, ...host });
}

/** One entry that refuses some calls, unless it says otherwise. */
function entry(members: object = {}): object {
  return { names: ["mkdirat"], action: "SCMP_ACT_ERRNO", ...members };
}

/** Reads a profile of one entry. */
function parseEntry(
  members: object,
  host: Partial<ProfileHost> = {},
): Profile {
  return parse({ syscalls: [entry(members)] }, host);
}

/** The rules as text: `mkdirat ActErrno(1) 0 CompareEqual 5 0`. */
function rulesOf({ rules }: Profile): string[] {
  return rules.map(({ name, action, conditions }) =>
    [
      name,
      action,
      ...conditions.flatMap((condition) => Object.values(condition)),
    ].join(" ")
  );
}

Deno.test("an entry is a rule for each of its calls", () => {
  const profile = parse({
    syscalls: [
      entry({ names: ["mkdirat", "unlinkat"], errnoRet: 22 }),
      entry({ names: undefined, name: "read", action: "SCMP_ACT_LOG" }),
    ],
  });
  assert.deepEqual(rulesOf(profile), [
    "mkdirat ActErrno(22)",
    "unlinkat ActErrno(22)",
    "read ActLog",
  ]);
  assert.deepEqual(profile.rules.map(({ entry }) => entry), [0, 0, 1]);
  assert.deepEqual(profile.notes, []);
});

Deno.test("every action is understood, and its errno is EPERM unless it has one", () => {
  const actions = {
    SCMP_ACT_KILL: ActKillThread,
    SCMP_ACT_KILL_THREAD: ActKillThread,
    SCMP_ACT_KILL_PROCESS: ActKillProcess,
    SCMP_ACT_TRAP: ActTrap,
    SCMP_ACT_ERRNO: ActErrno.setReturnCode(1),
    SCMP_ACT_TRACE: ActTrace.setReturnCode(1),
    SCMP_ACT_LOG: ActLog,
    SCMP_ACT_ALLOW: ActAllow,
  };
  for (const [name, action] of Object.entries(actions)) {
    assert.ok(parse({ defaultAction: name }).defaultAction.equals(action));
    const { rules } = parse({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      syscalls: [entry({ action: name })],
    });
    assert.ok(rules[0].action.equals(action), name);
  }
});

Deno.test("an errno is a number, or for Podman a name", () => {
  for (
    const members of [
      { errnoRet: 38 },
      { errno: "ENOSYS" },
      { errno: "38" },
      { errno: "ENOSYS", errnoRet: 38 },
      { errno: "", errnoRet: 38 },
    ]
  ) {
    const profile = parseEntry(members);
    assert.deepEqual(rulesOf(profile), ["mkdirat ActErrno(38)"]);
    assert.deepEqual(profile.notes, []);
  }
  const { defaultAction } = parse({
    defaultAction: "SCMP_ACT_TRACE",
    defaultErrno: "EINVAL",
  });
  assert.ok(defaultAction.equals(ActTrace.setReturnCode(22)));
});

Deno.test("of two errnos that differ Podman's holds, and a note says so", () => {
  const profile = parseEntry({ errno: "ENOSYS", errnoRet: 1 });
  assert.deepEqual(rulesOf(profile), ["mkdirat ActErrno(38)"]);
  assert.deepEqual(profile.notes, [
    "syscalls[0]: its errno is 38, not the 1 of errnoRet",
  ]);
});

Deno.test("arguments are compared with all 64 bits of a value", () => {
  const value = "18446744073709551615";
  const text = `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{
    "names": ["close"], "action": "SCMP_ACT_KILL", "args": [
      {"index": 0, "op": "SCMP_CMP_GE", "value": 9007199254740993},
      {"index": 5, "op": "SCMP_CMP_MASKED_EQ", "value": ${value}, "valueTwo": 7}
    ]}]}`;
  const { rules: [{ conditions }] } = parseProfile("p.json", text, HOST);
  assert.deepEqual(
    conditions.map((
      { argument, op, operandOne, operandTwo },
    ) => [argument, `${op}`, operandOne, operandTwo]),
    [
      [0, "CompareGreaterEqual", 9007199254740993n, 0n],
      [5, "CompareMaskedEqual", 2n ** 64n - 1n, 7n],
    ],
  );
});

Deno.test("every comparison is understood", () => {
  const operators = {
    SCMP_CMP_NE: "CompareNotEqual",
    SCMP_CMP_LT: "CompareLess",
    SCMP_CMP_LE: "CompareLessOrEqual",
    SCMP_CMP_EQ: "CompareEqual",
    SCMP_CMP_GE: "CompareGreaterEqual",
    SCMP_CMP_GT: "CompareGreater",
    SCMP_CMP_MASKED_EQ: "CompareMaskedEqual",
  };
  for (const [op, comparison] of Object.entries(operators)) {
    const { rules } = parseEntry({ args: [{ index: 1, op, value: 2 }] });
    assert.equal(`${rules[0].conditions[0].op}`, comparison);
  }
});

Deno.test("an argument compared twice makes each condition a rule of its own", () => {
  const profile = parseEntry({
    args: [
      { index: 0, op: "SCMP_CMP_GE", value: 5 },
      { index: 1, op: "SCMP_CMP_EQ", value: 1 },
      { index: 0, op: "SCMP_CMP_LE", value: 9 },
    ],
  });
  assert.deepEqual(rulesOf(profile), [
    "mkdirat ActErrno(1) 0 CompareGreaterEqual 5 0",
    "mkdirat ActErrno(1) 1 CompareEqual 1 0",
    "mkdirat ActErrno(1) 0 CompareLessOrEqual 9 0",
  ]);
  assert.deepEqual(profile.notes, [
    "syscalls[0] (mkdirat) compares an argument more than once: as in container runtimes, any one of its conditions is enough",
  ]);
});

Deno.test("a second value where only one is compared is noted", () => {
  const args = [{ index: 0, op: "SCMP_CMP_EQ", value: 5, valueTwo: 6 }];
  assert.deepEqual(parseEntry({ args }).notes, [
    "syscalls[0] (mkdirat): valueTwo 6 has no effect with SCMP_CMP_EQ",
  ]);
});

Deno.test("a rule for the default action is skipped, and noted if it has conditions", () => {
  const args = [{ index: 0, op: "SCMP_CMP_EQ", value: 5 }];
  const profile = parse({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      entry(),
      entry({ errnoRet: 1, args }),
      entry({ errnoRet: 2 }),
    ],
  });
  assert.deepEqual(rulesOf(profile), ["mkdirat ActErrno(2)"]);
  assert.deepEqual(profile.notes, [
    "syscalls[1] (mkdirat) has no effect: its action is the default action",
  ]);
});

Deno.test("unknown calls are left out and named", () => {
  const profile = parseEntry({ names: ["openatx", "mkdirat", "mkdirz"] });
  assert.deepEqual(rulesOf(profile), ["mkdirat ActErrno(1)"]);
  assert.deepEqual(profile.notes, [
    "syscalls[0]: unknown to libseccomp and left to the default action: openatx, mkdirz",
  ]);
});

Deno.test("calls of no covered architecture are left out and named", () => {
  const names = ["breakpoint", "mkdirat", "waitpid", "recv"];
  const alone = parseEntry({ names }, { architecture: ArchAMD64 });
  assert.deepEqual(alone.notes, [
    "syscalls[0]: not a call of x86_64: breakpoint, waitpid, recv",
  ]);
  const withX86 = parse({
    architectures: ["SCMP_ARCH_X86"],
    syscalls: [entry({ names })],
  });
  // recv is none of its own, but socketcall(2) with a number.
  assert.deepEqual(withX86.rules.map(({ name }) => name), names.slice(1));
  assert.deepEqual(withX86.notes, [
    "syscalls[0]: not a call of x86_64, x86: breakpoint",
  ]);
});

Deno.test("an entry is for a host that has what it includes and not what it excludes", () => {
  const here: object[] = [
    { includes: {}, excludes: null },
    { includes: { caps: ["CAP_CHOWN"] } },
    { includes: { arches: ["arm64", "amd64"] } },
    { includes: { minKernel: "6.1" } },
    { includes: { minKernel: "5.19" } },
    { includes: { minKernel: "" } },
    { excludes: { caps: ["CAP_SYS_ADMIN"] } },
    { excludes: { arches: ["x32", "arm64"] } },
    { excludes: { minKernel: "6.2" } },
    { excludes: { minKernel: "10.0" } },
  ];
  for (const members of here) {
    const profile = parseEntry(members);
    assert.deepEqual(profile.notes, [], JSON.stringify(members));
    assert.equal(profile.rules.length, 1);
  }
  const elsewhere: [object, string][] = [
    [{ includes: { caps: ["CAP_CHOWN", "CAP_BPF"] } }, "for CAP_BPF only"],
    [{ includes: { arches: ["x32", "x86"] } }, "for x32, x86 only"],
    [{ includes: { minKernel: "6.2" } }, "for Linux 6.2 and later"],
    [{ includes: { minKernel: "10.0" } }, "for Linux 10.0 and later"],
    [{ excludes: { caps: ["CAP_BPF", "CAP_CHOWN"] } }, "not for CAP_CHOWN"],
    [{ excludes: { arches: ["amd64"] } }, "not for amd64"],
    [{ excludes: { minKernel: "4.8" } }, "for Linux before 4.8"],
    // All of it must be met.
    [
      { includes: { caps: ["CAP_CHOWN"] }, excludes: { arches: ["amd64"] } },
      "not for amd64",
    ],
  ];
  for (const [members, why] of elsewhere) {
    const profile = parseEntry(members);
    assert.deepEqual(profile.notes, [
      `syscalls[0] (mkdirat) is left out: it is ${why}`,
    ]);
    assert.deepEqual(profile.rules, []);
  }
});

Deno.test("architectures and archMap add to the native one", () => {
  const x86 = ["SCMP_ARCH_X86", "SCMP_ARCH_X32"];
  const archMap = [
    {
      architecture: "SCMP_ARCH_AARCH64",
      subArchitectures: ["SCMP_ARCH_ARM"],
    },
    { architecture: "SCMP_ARCH_X86_64", subArchitectures: x86 },
  ];
  const covered = (profile: object, architecture = ArchAMD64) =>
    parse(profile, { architecture }).architectures;
  assert.deepEqual(covered({}), [ArchAMD64]);
  assert.deepEqual(covered({ archMap }), [ArchAMD64, ArchX86, ArchX32]);
  assert.deepEqual(covered({ archMap }, ArchARM64), [ArchARM64, ArchARM]);
  assert.deepEqual(covered({ architectures: x86 }), [
    ArchAMD64,
    ArchX86,
    ArchX32,
  ]);
  assert.deepEqual(
    covered({ architectures: ["SCMP_ARCH_X32", "SCMP_ARCH_NATIVE"] }),
    [ArchAMD64, ArchX32],
  );
});

Deno.test("architectures that the host cannot run are left out and named", () => {
  const architectures = ["SCMP_ARCH_MIPS", "SCMP_ARCH_AARCH64"];
  const profile = parse({ architectures });
  assert.deepEqual(profile.architectures, [ArchAMD64]);
  assert.deepEqual(profile.notes, [
    "SCMP_ARCH_MIPS is left out: x86_64 cannot run its programs",
    "SCMP_ARCH_AARCH64 is left out: x86_64 cannot run its programs",
  ]);
  const archMap = [{ architecture: "SCMP_ARCH_MIPS" }];
  assert.deepEqual(parse({ archMap }).notes, [
    "archMap has no SCMP_ARCH_X86_64: no other architecture is covered",
  ]);
});

Deno.test("flags are honoured, and what is for a listener is noted", () => {
  const flags = (...names: string[]) => {
    const { log, speculativeStoreBypass, notes } = parse({
      flags: names.map((name) => `SECCOMP_FILTER_FLAG_${name}`),
    });
    return [log, speculativeStoreBypass, ...notes];
  };
  assert.deepEqual(flags(), [false, false]);
  assert.deepEqual(flags("LOG", "TSYNC"), [true, false]);
  assert.deepEqual(flags("SPEC_ALLOW"), [false, true]);
  const unheard = "has no effect: it is for SCMP_ACT_NOTIFY";
  assert.deepEqual(flags("WAIT_KILLABLE_RECV"), [
    false,
    false,
    `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV ${unheard}`,
  ]);
  const listener = { listenerPath: "/run/agent", listenerMetadata: "x" };
  assert.deepEqual(parse(listener).notes, [
    `listenerPath ${unheard}`,
    `listenerMetadata ${unheard}`,
  ]);
});

Deno.test("a capability that Linux does not have is noted", () => {
  const profile = parseEntry({
    includes: { caps: ["CAP_CHOWN"] },
    excludes: { caps: ["CAP_SYS_ADMNI"] },
  });
  assert.deepEqual(profile.notes, [
    "syscalls[0]: Linux has no capability CAP_SYS_ADMNI",
  ]);
  assert.equal(profile.rules.length, 1);
});
