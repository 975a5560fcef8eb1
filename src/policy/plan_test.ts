import assert from "node:assert/strict";
import { testUnless } from "../../tests/program.ts";
import {
  ArchAMD64,
  ArchARM,
  ArchX86,
  getLibraryVersion,
  getNativeArch,
} from "../libseccomp/mod.ts";
import { buildFilter } from "./build.ts";
import { type Plan, planRules } from "./plan.ts";
import { loadPolicy } from "./policy.ts";

/** The plan of a configuration, with a profile beside it. */
async function plan(keys: string, profile?: unknown): Promise<Plan> {
  const folder = Deno.makeTempDirSync({ prefix: "jacamar-seccomp-" });
  try {
    const file = `${folder}/jacamar.toml`;
    Deno.writeTextFileSync(file, `[auth.seccomp]\n${keys}\n`);
    const text = JSON.stringify(profile ?? {});
    Deno.writeTextFileSync(`${folder}/profile.json`, text);
    return await planRules(await loadPolicy(file));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The plan's rules for a call, as `ActAllow` or `ActErrno(1)` and origin. */
function rulesFor({ rules }: Plan, name: string): string[] {
  return rules.filter((rule) => rule.name === name).map(({ action, origin }) =>
    `${action} ${origin.replace(/\/.*\//, "")}`
  );
}

const REFUSING = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 38,
  syscalls: [{
    names: ["read", "mount", "chdir", "keyctl"],
    action: "SCMP_ACT_ALLOW",
  }],
};
const PROFILE = 'profile = "profile.json"\nblock_tty_injection = false\n';

Deno.test("what a list says of a call is all that holds for it", async () => {
  const planned = await plan(
    `${PROFILE}block_calls = ["chdir"]\nallow_calls = ["statfs"]`,
    REFUSING,
  );
  assert.deepEqual(rulesFor(planned, "chdir"), ["ActErrno(1) block_calls[0]"]);
  assert.deepEqual(rulesFor(planned, "statfs"), ["ActAllow allow_calls[0]"]);
  assert.deepEqual(rulesFor(planned, "read"), [
    "ActAllow profile profile.json syscalls[0]",
  ]);
});

Deno.test("a name goes before a group, and of two groups the one that refuses", async () => {
  const planned = await plan(
    `${PROFILE}allow_calls = ["@file-system", "mount", "@privileged"]\nblock_calls = ["mkdir", "@mount", "@keyring"]`,
    REFUSING,
  );
  assert.deepEqual(rulesFor(planned, "mkdir"), ["ActErrno(1) block_calls[0]"]);
  assert.deepEqual(rulesFor(planned, "mkdirat"), [
    "ActAllow allow_calls[0] @file-system",
  ]);
  assert.deepEqual(rulesFor(planned, "mount"), ["ActAllow allow_calls[1]"]);
  assert.deepEqual(rulesFor(planned, "pivot_root"), [
    "ActErrno(1) block_calls[1] @mount",
  ]);
  assert.deepEqual(rulesFor(planned, "keyctl"), [
    "ActErrno(1) block_calls[2] @keyring",
  ]);
});

Deno.test("a call is planned once however often it is named", async () => {
  const planned = await plan('block_calls = ["mount", "@mount", "mount"]');
  assert.deepEqual(rulesFor(planned, "mount"), ["ActErrno(1) block_calls[0]"]);
});

Deno.test("what the default action does anyway is no rule", async () => {
  const planned = await plan(`${PROFILE}block_calls = ["mkdir"]`, {
    ...REFUSING,
    defaultErrnoRet: 1,
  });
  assert.deepEqual(rulesFor(planned, "mkdir"), []);
});

Deno.test("an allowed ioctl is split around terminal injection", async () => {
  const planned = await plan('block_all = true\nallow_calls = ["ioctl"]');
  const rules = planned.rules.filter(({ name }) => name === "ioctl");
  assert.ok(rules.length > 2);
  assert.ok(rules.every(({ conditions }) => conditions.length === 1));
});

Deno.test("what a profile leaves out is noted with its file", async () => {
  const { notes } = await plan(PROFILE, {
    ...REFUSING,
    syscalls: [{ names: ["no_such_call"], action: "SCMP_ACT_ALLOW" }],
  });
  assert.equal(notes.length, 1);
  assert.match(notes[0], /profile\.json: .*no_such_call/);
});

Deno.test("of two rules for ioctl without conditions the first one is narrowed, and the other is noted", async () => {
  const ioctl = (action: string, value?: number) => ({
    names: ["ioctl"],
    action: `SCMP_ACT_${action}`,
    args: value === undefined ? [] : [{ index: 1, value, op: "SCMP_CMP_EQ" }],
  });
  const planned = await plan('profile = "profile.json"', {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      ioctl("KILL", 7),
      ioctl("LOG", 8),
      ioctl("ALLOW"),
      ioctl("LOG"),
      ioctl("KILL"),
    ],
  });
  buildFilter(planned).release();
  assert.deepEqual([...new Set(rulesFor(planned, "ioctl"))], [
    "ActKillThread profile profile.json syscalls[0]",
    "ActAllow profile profile.json syscalls[2]",
  ]);
  assert.deepEqual(
    planned.notes.map((note) => note.replaceAll(/\S+\//g, "")),
    ["1]: ActLog", "3]: ActLog", "4]: ActKillThread"].map((lost) =>
      `profile profile.json syscalls[${lost} for ioctl has no effect, as ActAllow of profile profile.json syscalls[2] decides`
    ),
  );
});

Deno.test("an ioctl that is refused whole needs no narrowing", async () => {
  const planned = await plan('profile = "profile.json"', {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [
      { names: ["ioctl"], action: "SCMP_ACT_ERRNO" },
      {
        names: ["ioctl"],
        action: "SCMP_ACT_LOG",
        args: [{ index: 1, value: 8, op: "SCMP_CMP_GT" }],
      },
    ],
  });
  assert.deepEqual(rulesFor(planned, "ioctl"), [
    "ActErrno(1) profile profile.json syscalls[0]",
    "ActLog profile profile.json syscalls[1]",
  ]);
});

Deno.test("an architecture that the machine never runs is noted", async () => {
  const native = getNativeArch();
  const [foreign, offered] = native === ArchAMD64
    ? [ArchARM, ArchX86]
    : [ArchX86, ArchARM];
  const { notes } = await plan(
    `architectures = ["native", "${offered}", "${foreign}"]`,
  );
  assert.deepEqual(notes, [
    `${foreign} is covered in vain: ${native} cannot run its programs`,
  ]);
});

const olderThan26 = getLibraryVersion().minor < 6
  ? undefined
  : "this libseccomp knows every architecture";

testUnless(
  olderThan26,
  "an architecture that libseccomp does not know is refused with its line",
  async () => {
    await assert.rejects(
      plan('architectures = [\n  "native",\n  "loongarch64",\n]'),
      {
        name: "ConfigurationError",
        message:
          /jacamar\.toml:4: architectures: could not add the architecture loongarch64: this libseccomp does not know it \(EINVAL\)$/,
      },
    );
  },
);
