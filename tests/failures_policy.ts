import type { FailingCase } from "./failures.ts";

/** A configuration that is refused, with files beside it. */
function refused(
  name: string,
  says: RegExp,
  keys: string,
  files: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): FailingCase {
  return {
    name: `policy: ${name}`,
    says,
    config: `[auth.seccomp]\n${keys}\n`,
    args: ["-c", "CONFIG", "--stage", "x", ...flags, "--", "DRIVER"],
    prepare: (folder) => {
      for (const [file, text] of Object.entries(files)) {
        Deno.writeTextFileSync(`${folder}/${file}`, text);
      }
    },
  };
}

const PLUGIN = 'validation_plugin = "plugin.js"\n';
const EMPTY_PLUGIN = {
  "plugin.js": "export const seccompExpansion = () => {};\n",
};
const ZEROS = "0".repeat(64);
const PROFILE = 'profile = "profile.json"\n';
const profile = (text: string) => ({ "profile.json": text });
const user = (value: string) => ["--user", value];

/** Ways to fail that lie in the keys of `[auth.seccomp]`. */
export const policyFailures: readonly FailingCase[] = [
  refused(
    "an unknown group",
    /jacamar\.toml:2: block_calls: there is no group @mounts, did you mean "@mount"\?/,
    'block_calls = ["@mounts"]',
  ),
  refused(
    "an unknown key of a stage",
    /jacamar\.toml:3: unknown key "block_call" in \[auth\.seccomp\.stages\.x\], did you mean "block_calls"\?/,
    "[auth.seccomp.stages.x]\nblock_call = []",
  ),
  refused(
    "a stage that is no table",
    /stages/,
    "stages.x = true",
  ),
  refused(
    "stages that are a time",
    /jacamar\.toml:2: stages: must be a table, not a date or a time/,
    "stages = 07:32:00",
  ),
  refused(
    "a stage that is a date",
    /jacamar\.toml:2: stages\[x\]: must be a table, not a date or a time/,
    "stages.x = 1979-05-27",
  ),
  {
    name: "policy: a date in place of [auth.seccomp]",
    says: /jacamar\.toml:1: \[auth\.seccomp\]: must be a table, not a date/,
    config: "auth.seccomp = 1979-05-27\n",
  },
  {
    name: "policy: a date in place of [auth]",
    says: /jacamar\.toml:1: \[auth\]: must be a table, not a date/,
    config: "auth = 1979-05-27T07:32:00Z\n",
  },
  refused(
    "an unknown system call at another stage",
    /jacamar\.toml:3: block_calls: could not resolve name to syscall: 'mkdirs'/,
    '[auth.seccomp.stages.x]\nblock_calls = ["mkdirs"]',
  ),
  refused(
    "a stage that blocks with block_all",
    /jacamar\.toml:4: block_calls does nothing together/,
    'block_all = true\n[auth.seccomp.stages.y]\nblock_calls = ["read"]',
  ),
  refused(
    "a stage that allows what is blocked",
    /read is in both/,
    `${PROFILE}block_calls = ["read"]\n[auth.seccomp.stages.y]\nallow_calls = ["read"]`,
  ),
  refused(
    "a digest that does not match",
    /plugin\.js has the SHA-256 digest [0-9a-f]{64}; validation_plugin_sha256 says 0{64}/,
    `${PLUGIN}validation_plugin_sha256 = "${ZEROS}"`,
    EMPTY_PLUGIN,
  ),
  refused(
    "a digest that is none",
    /must be a SHA-256 digest/,
    `${PLUGIN}validation_plugin_sha256 = "abc"`,
    EMPTY_PLUGIN,
  ),
  refused(
    "fewer digests than plugins",
    /validation_plugin_sha256 has 1 digests for 2 plugins/,
    `validation_plugin = ["plugin.js", "plugin.js"]\nvalidation_plugin_sha256 = "${ZEROS}"`,
    EMPTY_PLUGIN,
  ),
  refused(
    "a digest without a plugin",
    /validation_plugin_sha256 has 1 digests for 0 plugins/,
    `validation_plugin_sha256 = "${ZEROS}"`,
  ),
  refused(
    "an unknown architecture",
    /architectures\[1\]: there is no architecture "vax"/,
    'architectures = ["native", "vax"]',
  ),
  refused(
    "architectures without the native one",
    /architectures: must have "native"/,
    'architectures = ["mips"]',
  ),
  refused(
    "an architecture of another byte order",
    /jacamar\.toml:2: architectures: could not add the architecture s390x: its byte order/,
    'architectures = ["native", "s390x"]',
  ),
  refused(
    "a capability that Linux does not have",
    /jacamar\.toml:3: profile_capabilities: there is no capability CAP_SYS_CHROT, did you mean "CAP_SYS_CHROOT"\?/,
    `${PROFILE}profile_capabilities = ["CAP_SYS_CHROT"]`,
    profile('{"defaultAction": "SCMP_ACT_ALLOW"}'),
  ),
  refused(
    "a profile that contradicts itself",
    /profile \S+profile\.json syscalls\[1\]: could not add the rule ActKillProcess for read: it contradicts/,
    PROFILE,
    profile(JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: ["SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS"].map((action) => ({
        names: ["read"],
        action,
        args: [{ index: 0, value: 7, op: "SCMP_CMP_EQ" }],
      })),
    })),
  ),
  refused(
    "an unknown mode",
    /mode: must be "enforce" or "log"/,
    'mode = "off"',
  ),
  refused(
    "a profile that is not there",
    /could not read the profile .*profile\.json/,
    PROFILE,
  ),
  refused(
    "a profile that is no JSON",
    /profile\.json/,
    PROFILE,
    profile("{"),
  ),
  refused(
    "a profile without a default action",
    /profile\.json.*defaultAction/,
    PROFILE,
    profile('{"syscalls": []}'),
  ),
  refused(
    "a profile that needs a listener",
    /SCMP_ACT_NOTIFY/,
    PROFILE,
    profile(
      '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}',
    ),
  ),
  refused(
    "a profile that refuses execve",
    /the driver could not be started/,
    PROFILE,
    profile('{"defaultAction": "SCMP_ACT_KILL"}'),
  ),
  refused(
    "a profile that refuses execve with these arguments",
    /execve is refused with its arguments: the call fails with EACCES/,
    PROFILE,
    profile(
      '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["execve"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13, "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_NE"}]}]}',
    ),
  ),
  refused(
    "a profile whose ioctl cannot be narrowed",
    /profile .*syscalls\[0\] lets ioctl pass on a condition that block_tty_injection cannot narrow/,
    PROFILE,
    profile(
      '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_GT"}]}]}',
    ),
  ),
  refused(
    "block_all with a profile",
    /block_all does nothing: the profile has a default/,
    `block_all = true\n${PROFILE}`,
  ),
  refused(
    "capabilities without a profile",
    /profile_capabilities does nothing without a profile/,
    'profile_capabilities = ["CAP_CHOWN"]',
  ),
  refused(
    "a capability that is none",
    /is not the name of a capability/,
    `${PROFILE}profile_capabilities = ["chown"]`,
  ),
  refused(
    "a user that is not there",
    /there is no user no-such-user in \/etc\/passwd: give one that a directory knows as UID:GID/,
    "limit_setuid = true",
    {},
    user("no-such-user"),
  ),
  refused(
    "a user with -1 for an id",
    /has the id 4294967295, which is not one/,
    "limit_setuid = true",
    {},
    user("1000:4294967295"),
  ),
  refused(
    "a user of a number that nobody has",
    /there is no user 3999999999 in/,
    "",
    {},
    user("3999999999"),
  ),
  refused(
    "two filters of which neither lets the other be loaded",
    /enforce_defaults cannot be: configuration and plugin refuse seccomp in different ways/,
    `${PLUGIN}enforce_defaults = true\nblock_calls = ["seccomp"]`,
    {
      "plugin.js":
        `import { ActAllow, ActKillProcess, getSyscallFromName } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  filter.reset(ActAllow);
  filter.addRule(getSyscallFromName("seccomp"), ActKillProcess);
}`,
    },
  ),
  refused(
    "a plugin that merges the filter away",
    /a plugin may not merge away the filter/,
    PLUGIN,
    {
      "plugin.js":
        `import { ActAllow, ArchX86, getNativeArch, ScmpFilter } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  const other = new ScmpFilter(ActAllow);
  other.addArch(ArchX86);
  other.removeArch(getNativeArch());
  other.merge(filter);
}`,
    },
  ),
  refused(
    "a plugin that removes all architectures",
    /could not export the filter: it has no architecture/,
    PLUGIN,
    {
      "plugin.js": `import { getNativeArch } from "jacamar-seccomp";
export const seccompExpansion = (filter) => filter.removeArch(getNativeArch());`,
    },
  ),
  refused(
    "a key of ours outside of our table",
    /jacamar\.toml:4: auth\.block_calls is not read here: it belongs to \[auth\.seccomp\]/,
    '\n[auth]\nblock_calls = ["mkdir"]',
  ),
  refused(
    "our table below another",
    /general\.seccomp is not read here/,
    '[general.seccomp]\nblock_calls = ["mkdir"]',
  ),
  refused(
    "stages outside of our table",
    /auth\.stages\.x\.block_calls is not read here/,
    '[auth.stages.x]\nblock_calls = ["mkdir"]',
  ),
  refused(
    "a stage of a name that is dropped",
    /stages: a stage cannot be called __proto__, prototype, constructor/,
    '[auth.seccomp.stages.constructor]\nblock_calls = ["mkdir"]',
  ),
  refused(
    "no digests for a plugin",
    /validation_plugin_sha256 has 0 digests for 1 plugins/,
    `${PLUGIN}validation_plugin_sha256 = []`,
    EMPTY_PLUGIN,
  ),
  refused(
    "a profile that libseccomp cannot come to an end with",
    /the filter of .*profile\.json was not made within 0\.5 s \(plugin_timeout\)/,
    `${PROFILE}plugin_timeout = "500ms"`,
    profile(JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [
        [{ index: 0, value: 2, op: "SCMP_CMP_LT" }, {
          index: 1,
          value: 1,
          op: "SCMP_CMP_GE",
        }],
        [{ index: 0, value: 2, op: "SCMP_CMP_LT" }, {
          index: 1,
          value: 3,
          op: "SCMP_CMP_EQ",
        }],
      ].map((args) => ({
        names: ["read"],
        action: "SCMP_ACT_ERRNO",
        args,
      })),
    })),
  ),
  refused(
    "a plugin whose filter answers in the kernel's place",
    /enforce_defaults cannot be/,
    `${PLUGIN}enforce_defaults = true\nblock_calls = ["mkdir", "seccomp"]`,
    {
      "plugin.js":
        `import { ActAllow, ActErrno, ArchX86, getNativeArch, getSyscallFromName } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  filter.reset(ActErrno);
  filter.addArch(ArchX86);
  filter.removeArch(getNativeArch());
  filter.addRule(getSyscallFromName("seccomp"), ActAllow);
  filter.addArch(getNativeArch());
  for (const call of ["execve", "mkdir"]) filter.addRule(getSyscallFromName(call), ActAllow);
}`,
    },
  ),
  refused(
    "a plugin whose rules take libseccomp too long",
    /plugin_timeout/,
    `${PLUGIN}plugin_timeout = "400ms"`,
    {
      "plugin.js":
        `import { ActLog, CompareGreater, CompareNotEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  const read = getSyscallFromName("read");
  for (let value = 0; value < 15; value++) {
    filter.addRuleConditional(read, ActLog, [0, 1, 2].map((at) =>
      makeCondition(at, CompareNotEqual, value * 7 + at)));
  }
}`,
    },
  ),
  refused(
    "a plugin with conditions that are no honest list",
    /at least one condition and at most 6/,
    PLUGIN,
    {
      "plugin.js":
        `import { ActLog, CompareEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  const list = new Array(100).fill(makeCondition(0, CompareEqual, 1));
  Object.defineProperty(list, "map", { value: () => ({ length: 6, reduce: () => -1, forEach() {} }) });
  filter.addRuleConditional(getSyscallFromName("read"), ActLog, list);
}`,
    },
  ),
  refused(
    "a plugin whose filter libseccomp opens",
    /wrong and was not loaded: getuid\(0x2\) on \S+ gets ActAllow; asked for is ActErrno\(EPERM\), the default action/,
    PLUGIN,
    {
      "plugin.js":
        `import { ActAllow, ActErrno, CompareGreater, CompareLessOrEqual, errno, getSyscallFromName, makeCondition } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  filter.reset(ActErrno.setReturnCode(errno.EPERM));
  filter.addRule(getSyscallFromName("execve"), ActAllow);
  const getuid = getSyscallFromName("getuid");
  filter.addRuleConditional(getuid, ActAllow, [makeCondition(0, CompareLessOrEqual, 0)]);
  filter.addRuleConditional(getuid, ActAllow, [makeCondition(0, CompareGreater, 2n ** 32n)]);
}`,
    },
  ),
  refused(
    "a profile whose filter libseccomp closes",
    /wrong and was not loaded: getuid\(0x2\) on \S+ gets ActErrno\(EPERM\); asked for is ActAllow, by rule.*profile\.json/,
    PROFILE,
    profile(JSON.stringify({
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [
        { names: ["execve"], action: "SCMP_ACT_ALLOW" },
        ...[["SCMP_CMP_LE", 0], ["SCMP_CMP_LT", 0x1_0000_0005]].map((
          [op, value],
        ) => ({
          names: ["getuid"],
          action: "SCMP_ACT_ALLOW",
          args: [{ index: 0, value, op }],
        })),
      ],
    })),
  ),
];
