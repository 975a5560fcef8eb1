/**
 * What the kernel answers under each key of the configuration that is not in
 * `kernel_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Case, type Probe, testKernel } from "./kernel_case.ts";
import { hasCommand, run, Scratch, testEach } from "./program.ts";

const TIOCSTI = 0x5412n;
const TIOCGWINSZ = 0x5413n;
const NO_FD = 0xffff_ffffn;
const ABSENT = "/absent/folder/file";

const chdir = (expect: Probe["expect"]): Probe => ({
  call: "chdir",
  args: [ABSENT],
  expect,
});
const statfs = (expect: Probe["expect"]): Probe => ({
  call: "statfs",
  args: [ABSENT],
  expect,
});
const ioctl = (
  request: bigint,
  expect: Probe["expect"],
  fd = NO_FD,
): Probe => ({
  call: "ioctl",
  args: [fd, request],
  expect,
});
const onX86 = (probe: Probe): Probe => ({ ...probe, abi: "x86" });

const MINIMUM = ["execve", "write", "exit_group"];
const allowlist = (...names: string[]) =>
  `block_all = true\nallow_calls = ${JSON.stringify([...MINIMUM, ...names])}\n`;

const profile = (profile: Record<string, unknown>) => ({
  "profile.json": JSON.stringify(profile),
});
const ALLOWING = {
  names: [...MINIMUM, "ioctl", "chdir", "no_such_call"],
  action: "SCMP_ACT_ALLOW",
};

/** A plugin that makes a filter of its own. */
const REPLACING = {
  "plugin.js": `import { ActAllow } from "jacamar-seccomp";
export const seccompExpansion = (filter) => filter.reset(ActAllow);`,
};
/** A plugin that refuses one call more. */
const ADDING = {
  "plugin.js":
    `import { ActErrno, errno, getSyscallFromName } from "jacamar-seccomp";
export const seccompExpansion = (filter) =>
  filter.addRule(getSyscallFromName("chdir"), ActErrno.setReturnCode(errno.EDOM));`,
};
const PLUGIN = 'validation_plugin = "plugin.js"\n';
const ENFORCED = `${PLUGIN}enforce_defaults = true\n`;

/** A plugin that allows sockets of one domain, by a condition, and few others. */
const LOCAL_SOCKETS = {
  "plugin.js":
    `import { ActAllow, CompareMaskedEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";
const AF_UNIX = 1;
export const seccompExpansion = (filter) =>
  filter.addRuleConditional(getSyscallFromName("socket"), ActAllow, [
    makeCondition(0, CompareMaskedEqual, 0xffffffff, AF_UNIX),
  ]);`,
};
const AF_NETLINK = 16n;
const SOCK_RAW = 3n;
/** `SYS_SOCKET`, and three words: `AF_NETLINK`, `SOCK_RAW`, 0. */
const SOCKETCALL = [1n, "\x10\0\0\0\x03\0\0\0\0\0\0\0"] as const;

/** A plugin with a rule that has a condition more than another, in an order. */
const NARROWER = (order: string) => ({
  "plugin.js":
    `import { ActErrno, CompareEqual, errno, getSyscallFromName, makeCondition } from "jacamar-seccomp";
const zero = makeCondition(1, CompareEqual, 0), four = makeCondition(2, CompareEqual, 4);
const wider = ["EDOM", four], narrower = ["EXDEV", zero, four];
export const seccompExpansion = (filter) => {
  for (const [code, ...conditions] of ${order}) {
    filter.addRuleConditional(getSyscallFromName("lseek"), ActErrno.setReturnCode(errno[code]), conditions);
  }
};`,
});
const lseek = (whence: bigint, expect: Probe["expect"]): Probe => ({
  call: "lseek",
  args: [NO_FD, 0n, whence],
  expect,
});

const CASES: Readonly<Record<string, Case>> = {
  "a call that is made through ipc on x86 is refused there, in any version": {
    config: 'block_calls = ["semop"]\narchitectures = ["native", "x86"]\n',
    probes: [
      onX86({ call: "ipc", args: [1n], expect: "EPERM" }),
      onX86({ call: "ipc", args: [0x1_0001n], expect: "EPERM" }),
      onX86({ call: "ipc", args: [0xffff_0001n], expect: "EPERM" }),
      onX86({ call: "ipc", args: [3n], expect: "!EPERM" }),
      { call: "semop", args: [NO_FD], expect: "EPERM" },
    ],
  },
  // Why check warns of conditions on calls that x86 makes through socketcall.
  "a condition on a socket call is not seen through socketcall of x86": {
    config: `${PLUGIN}architectures = ["native", "x86"]\n${allowlist()}`,
    files: LOCAL_SOCKETS,
    probes: [
      { call: "socket", args: [AF_NETLINK, SOCK_RAW, 0n], expect: "EPERM" },
      onX86({ call: 359, args: [AF_NETLINK, SOCK_RAW, 0n], expect: "EPERM" }),
      onX86({ call: "socketcall", args: SOCKETCALL, expect: "!EPERM" }),
    ],
  },
  // Why check warns of a rule that has a condition more than another.
  "a rule with one condition more never decides": {
    config: PLUGIN,
    files: NARROWER("[wider, narrower]"),
    probes: [lseek(4n, "EDOM"), lseek(0n, "EBADF")],
  },
  "a rule with one condition more never decides, if it comes first": {
    config: PLUGIN,
    files: NARROWER("[narrower, wider]"),
    probes: [lseek(4n, "EDOM"), lseek(0n, "EBADF")],
  },
  "a blocked @group is refused, and what is not in it passes": {
    config: 'block_calls = ["@mount", "statfs"]\n',
    probes: [
      { call: "mount", args: [0n, 0n, 0n, 0n, 0n], expect: "EPERM" },
      { call: "pivot_root", args: [ABSENT, ABSENT], expect: "EPERM" },
      statfs("EPERM"),
      chdir("ENOENT"),
    ],
  },
  "an allowed @group passes with the groups in it": {
    config: allowlist("@system-service"),
    probes: [
      chdir("ENOENT"),
      { call: "mount", args: [0n, 0n, 0n, 0n, 0n], expect: "EPERM" },
      ioctl(TIOCSTI, "EPERM"),
      ioctl(TIOCGWINSZ, "EBADF"),
    ],
  },
  "a stage's lists hold at that stage": {
    config:
      'block_calls = ["statfs"]\n[auth.seccomp.stages.after_script]\nblock_calls = ["chdir"]\n',
    stage: "after_script",
    probes: [statfs("EPERM"), chdir("EPERM")],
  },
  "a stage's lists do not hold at another": {
    config:
      'block_calls = ["statfs"]\n[auth.seccomp.stages.after_script]\nblock_calls = ["chdir"]\n',
    stage: "step_script",
    probes: [statfs("EPERM"), chdir("ENOENT")],
  },
  "a stage may allow more": {
    config: `${allowlist()}[auth.seccomp.stages.x]\nallow_calls = ["chdir"]\n`,
    probes: [chdir("ENOENT"), statfs("EPERM")],
  },
  "a stage may have a plugin of its own": {
    config: `[auth.seccomp.stages.x]\n${PLUGIN}`,
    files: ADDING,
    probes: [chdir("EDOM"), statfs("ENOENT")],
  },
  "a profile gives default action and rules": {
    config: 'profile = "profile.json"\n',
    files: profile({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      syscalls: [ALLOWING],
    }),
    probes: [
      statfs("ENOSYS"),
      chdir("ENOENT"),
      // What a profile allows does not allow terminal injection.
      ioctl(TIOCSTI, "ENOSYS"),
      ioctl(TIOCSTI + (1n << 32n), "ENOSYS"),
      ioctl(TIOCGWINSZ, "EBADF"),
    ],
  },
  "the configuration is said after the profile": {
    config:
      'profile = "profile.json"\nblock_calls = ["chdir"]\nallow_calls = ["statfs"]\n',
    files: profile({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      syscalls: [ALLOWING],
    }),
    probes: [chdir("EPERM"), statfs("ENOENT")],
  },
  "a profile's condition on ioctl is narrowed by terminal injection": {
    config: 'profile = "profile.json"\n',
    files: profile({
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: MINIMUM, action: "SCMP_ACT_ALLOW" }, {
        names: ["ioctl"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 4242, op: "SCMP_CMP_EQ" }],
      }],
    }),
    probes: [
      ioctl(TIOCSTI, "EPERM", 4242n),
      ioctl(TIOCGWINSZ, "EBADF", 4242n),
      ioctl(TIOCGWINSZ, "EPERM", 4243n),
    ],
  },
  "a profile's rules for a capability are those of the capabilities stated": {
    config: 'profile = "profile.json"\nprofile_capabilities = ["CAP_CHOWN"]\n',
    files: profile({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{
        names: ["chdir"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 33,
        includes: { caps: ["CAP_CHOWN"] },
      }, {
        names: ["statfs"],
        action: "SCMP_ACT_ERRNO",
        excludes: { caps: ["CAP_CHOWN"] },
      }],
    }),
    probes: [chdir("EDOM"), statfs("ENOENT"), ioctl(TIOCSTI, "EPERM")],
  },
  "a profile refuses on a further architecture too": {
    config: 'architectures = ["native", "x86"]\nprofile = "profile.json"\n',
    files: profile({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{
        names: ["chown32", "setuid32", "chdir"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 33,
      }],
    }),
    probes: [
      onX86(chdir("EDOM")),
      onX86({ call: "setuid32", args: [0n], expect: "EDOM" }),
      onX86({ call: "chown32", args: [ABSENT, 0n, 0n], expect: "EDOM" }),
    ],
  },
  "a tracer cannot let terminal injection pass": {
    config: 'profile = "profile.json"\n',
    files: profile({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["ioctl"], action: "SCMP_ACT_TRACE" }],
    }),
    probes: [ioctl(TIOCSTI, "EPERM"), ioctl(TIOCGWINSZ, "ENOSYS")],
  },
  "a profile may refuse terminal injection with an errno of its own": {
    config: 'profile = "profile.json"\n',
    files: profile({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{
        names: ["ioctl"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 33,
        args: [{
          index: 1,
          value: 0xffffffff,
          valueTwo: Number(TIOCSTI),
          op: "SCMP_CMP_MASKED_EQ",
        }],
      }],
    }),
    probes: [ioctl(TIOCSTI, "EDOM"), ioctl(0x541cn, "EPERM")],
  },
  "a further architecture is covered by the same rules": {
    config: 'architectures = ["native", "x86"]\nblock_calls = ["chdir"]\n',
    probes: [
      chdir("EPERM"),
      onX86(chdir("EPERM")),
      onX86(statfs("ENOENT")),
      onX86(ioctl(TIOCSTI, "EPERM")),
      onX86(ioctl(TIOCGWINSZ, "EBADF")),
    ],
  },
  "a further architecture has the same allowlist": {
    config: `architectures = ["native", "x86"]\n${allowlist("chdir", "ioctl")}`,
    probes: [
      onX86(chdir("ENOENT")),
      onX86(statfs("EPERM")),
      onX86(ioctl(TIOCSTI, "EPERM")),
      onX86(ioctl(TIOCGWINSZ, "EBADF")),
    ],
  },
  "mode log lets pass what would be refused": {
    config: `${allowlist()}mode = "log"\n`,
    probes: [chdir("ENOENT"), ioctl(TIOCSTI, "EBADF"), onX86(chdir("ENOENT"))],
  },
  "mode log lets pass what a plugin refuses": {
    config: `mode = "log"\nblock_calls = ["statfs"]\n${ENFORCED}`,
    files: ADDING,
    probes: [chdir("ENOENT"), statfs("ENOENT")],
  },
  "a plugin may replace the filter": {
    config: `block_calls = ["chdir"]\nlimit_setuid = true\n${PLUGIN}`,
    files: REPLACING,
    flags: ["--user", "4242:4242"],
    probes: [
      chdir("ENOENT"),
      ioctl(TIOCSTI, "EBADF"),
      { call: "setfsuid", args: [4243n], expect: "!EPERM" },
    ],
  },
  "enforce_defaults holds although a plugin replaces the filter": {
    config: `block_calls = ["chdir"]\nlimit_setuid = true\n${ENFORCED}`,
    files: REPLACING,
    flags: ["--user", "4242:4242"],
    probes: [
      chdir("EPERM"),
      ioctl(TIOCSTI, "EPERM"),
      { call: "setfsuid", args: [4243n], expect: "EPERM" },
    ],
  },
  "enforce_defaults holds beside what a plugin adds": {
    config: `block_calls = ["statfs"]\n${ENFORCED}`,
    files: ADDING,
    probes: [chdir("EDOM"), statfs("EPERM")],
  },
  "enforce_defaults with an allowlist leaves no way to load another filter": {
    config: `${allowlist("chdir")}${ENFORCED}`,
    files: {
      "plugin.js":
        `import { ActAllow, getSyscallFromName } from "jacamar-seccomp";
export const seccompExpansion = (filter) => filter.addRule(getSyscallFromName("statfs"), ActAllow);`,
    },
    probes: [
      chdir("ENOENT"),
      statfs("EPERM"),
      { call: "seccomp", args: [1n, 0n, 0n], expect: "EPERM" },
    ],
  },
  "enforce_defaults with seccomp refused": {
    config: `block_calls = ["seccomp"]\n${ENFORCED}`,
    files: ADDING,
    probes: [
      chdir("EDOM"),
      { call: "seccomp", args: [1n, 0n, 0n], expect: "EPERM" },
    ],
  },
};

for (const [name, asked] of Object.entries(CASES)) testKernel(name, asked);

testEach(
  "log_denied asks the kernel to log",
  async (program) => {
    using scratch = new Scratch();
    for (
      const [key, flags] of [["true", "SECCOMP_FILTER_FLAG_LOG"], [
        "false",
        "0",
      ]]
    ) {
      const config = scratch.config(`log_denied = ${key}\n`);
      const trace = `${scratch.path}/trace`;
      const { code, stderr } = await run(
        program,
        ["exec", "-u", "-c", config, "--stage", "x", "--", "true"],
        { wrapper: ["strace", "-f", "-e", "trace=seccomp", "-o", trace] },
      );
      assert.equal(code, 0, stderr);
      const loads = Deno.readTextFileSync(trace).split("\n").filter((line) =>
        line.includes("SECCOMP_SET_MODE_FILTER") && line.includes("len=")
      );
      assert.equal(loads.length, 1);
      assert.ok(
        loads[0].includes(`SECCOMP_SET_MODE_FILTER, ${flags},`),
        loads[0],
      );
    }
  },
  hasCommand("strace") ? undefined : "needs strace",
);
