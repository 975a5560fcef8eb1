/**
 * Profiles of container runtimes: the one that Debian ships, and crun as judge
 * of how we read and write them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno, errnoName } from "../src/libc/errno.ts";
import {
  ActAllow,
  ActErrno,
  getNativeArch,
  getSyscallFromName,
  ScmpFilter,
} from "../src/libseccomp/mod.ts";
import { parseProfile, type Profile } from "../src/policy/oci/profile.ts";
import { formatOciProfile, toOciProfile } from "../src/policy/oci/write.ts";
import { noContainer, PROGRAM_FILE, runInContainer } from "./container.ts";
import {
  execUnder,
  hasCommand,
  run,
  Scratch,
  testEach,
  testUnless,
} from "./program.ts";

/** Of Debian's golang-github-containers-common, installed or unpacked. */
const DEFAULT_PROFILE = "/usr/share/containers/seccomp.json";
const UNPACKED = new URL(`../build/debian${DEFAULT_PROFILE}`, import.meta.url);
const MOST_INSTRUCTIONS = 4096;
const INSTRUCTION_SIZE = 8;
const EPERM = ActErrno.setReturnCode(errno.EPERM);

const defaultProfile = readDefaultProfile();
const noDefaultProfile = defaultProfile === undefined
  ? `needs ${DEFAULT_PROFILE}`
  : undefined;

function readDefaultProfile(): string | undefined {
  for (const file of [DEFAULT_PROFILE, UNPACKED]) {
    try {
      return Deno.readTextFileSync(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

function evaluate(text: string, ...capabilities: string[]): Profile {
  return parseProfile("profile.json", text, {
    architecture: getNativeArch(),
    kernel: Deno.osRelease(),
    capabilities: new Set(capabilities),
  });
}

function build({ defaultAction, architectures, rules }: Profile): ScmpFilter {
  const filter = new ScmpFilter(defaultAction);
  for (const arch of architectures) filter.addArch(arch);
  for (const { syscall, action, conditions } of rules) {
    if (conditions.length === 0) filter.addRule(syscall, action);
    else filter.addRuleConditional(syscall, action, conditions);
  }
  return filter;
}

testUnless(noDefaultProfile, "Podman's default profile makes a filter", () => {
  // The test is ignored where there is none.
  const text = defaultProfile ?? "";
  const profile = evaluate(text);
  assert.equal(profile.defaultAction.kind, "Errno");
  assert.equal(profile.architectures[0], getNativeArch());
  assert.ok(profile.architectures.length > 1, "32-bit programs are covered");

  const rulesFor = (name: string, { rules } = profile) =>
    rules.filter((rule) => rule.name === name);
  const [read] = rulesFor("read");
  assert.ok(read.action.equals(ActAllow));
  assert.deepEqual(read.conditions, []);
  const personality = rulesFor("personality");
  assert.ok(personality.length > 1);
  for (const { action, conditions } of personality) {
    assert.ok(action.equals(ActAllow));
    assert.equal(conditions.length, 1);
  }
  const [bpf] = rulesFor("bpf");
  assert.ok(bpf.action.equals(EPERM));
  const [bpfOfRoot] = rulesFor("bpf", evaluate(text, "CAP_SYS_ADMIN"));
  assert.ok(bpfOfRoot.action.equals(ActAllow));
  assert.ok(
    profile.notes.some((note) => /\(bpf,.*for CAP_SYS_ADMIN only/.test(note)),
    profile.notes.join("\n"),
  );

  const filter = build(profile);
  const instructions = filter.exportBPFMem().length / INSTRUCTION_SIZE;
  assert.ok(instructions < MOST_INSTRUCTIONS, `${instructions} instructions`);
  filter.release();
});

/** What crun and we make of a profile is the same program, byte for byte. */
function assertSameProgram(profile: string, filter: ScmpFilter): void {
  const ours = filter.exportBPFMem();
  filter.release();
  const result = runInContainer(profile, ["/usr/bin/cat", PROGRAM_FILE]);
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(result.stdout, ours);
}

testUnless(
  noContainer ?? noDefaultProfile,
  "crun makes our program of the default profile that we wrote",
  () => {
    const filter = build(evaluate(defaultProfile ?? ""));
    const { profile } = toOciProfile(filter.journal);
    assertSameProgram(formatOciProfile(profile), filter);
  },
);

/** Entries of profiles of which the default action is `SCMP_ACT_ALLOW`. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "actions and their errnos": [
    '{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}',
    '{"names": ["unlinkat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}',
    '{"names": ["linkat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0}',
    '{"names": ["symlinkat"], "action": "SCMP_ACT_TRACE"}',
    '{"names": ["renameat2"], "action": "SCMP_ACT_TRACE", "errnoRet": 9}',
    '{"names": ["mount"], "action": "SCMP_ACT_KILL"}',
    '{"names": ["umount2"], "action": "SCMP_ACT_KILL_THREAD"}',
    '{"names": ["chroot"], "action": "SCMP_ACT_KILL_PROCESS"}',
    '{"names": ["acct"], "action": "SCMP_ACT_TRAP"}',
    '{"names": ["truncate"], "action": "SCMP_ACT_LOG"}',
  ],
  "comparisons": ["NE", "LT", "LE", "EQ", "GE", "GT"].map((op, index) =>
    `{"names": ["splice"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": ${index}, "value": ${7 + index}, "op": "SCMP_CMP_${op}"}]}`
  ),
  "values of 64 bits": [
    `{"names": ["lseek"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": 1, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"}]}`,
    `{"names": ["ftruncate"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": 1, "value": 9007199254740993, "op": "SCMP_CMP_GT"}]}`,
  ],
  "masks": [
    `{"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": 1, "value": 4294967295, "valueTwo": 21522,
       "op": "SCMP_CMP_MASKED_EQ"}]}`,
  ],
  "conditions that must all hold": [
    `{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": 0, "value": 16, "op": "SCMP_CMP_EQ"},
      {"index": 2, "value": 9, "op": "SCMP_CMP_EQ"}]}`,
  ],
  "an argument that is compared twice": [
    `{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [
      {"index": 0, "value": 16, "op": "SCMP_CMP_EQ"},
      {"index": 1, "value": 3, "op": "SCMP_CMP_EQ"},
      {"index": 0, "value": 17, "op": "SCMP_CMP_EQ"}]}`,
  ],
  "a rule that is there twice": Array(2).fill(
    '{"names": ["mkdirat", "mkdirat"], "action": "SCMP_ACT_ERRNO"}',
  ),
  "rules for the default action": [
    '{"names": ["mkdirat"], "action": "SCMP_ACT_ALLOW"}',
    `{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
      {"index": 0, "value": 16, "op": "SCMP_CMP_EQ"}]}`,
    '{"names": ["unlinkat"], "action": "SCMP_ACT_ERRNO"}',
  ],
  "calls that are unknown or not of this architecture": [
    `{"names": ["openatx", "waitpid", "breakpoint", "recv", "mkdirat"],
      "action": "SCMP_ACT_ERRNO"}`,
  ],
};

for (const [what, entries] of Object.entries(ENTRIES)) {
  testUnless(noContainer, `crun reads as we do: ${what}`, () => {
    const text =
      `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [${entries}]}`;
    assertSameProgram(text, build(evaluate(text)));
  });
}

testUnless(
  noContainer ?? (hasCommand("strace") ? undefined : "needs strace"),
  "crun loads a filter with the flags that it was written with, and no others",
  () => {
    const strace = ["strace", "--follow-forks", "--trace=seccomp"];
    const loadedWith = (log: boolean, speculative: boolean) => {
      const filter = new ScmpFilter(ActAllow);
      filter.setLogBit(log);
      filter.setSSB(speculative);
      const profile = formatOciProfile(toOciProfile(filter.journal).profile);
      filter.release();
      const { stderr } = runInContainer(profile, ["/usr/bin/true"], strace);
      // All but the last call ask the kernel what it can.
      const calls = [
        ...stderr.matchAll(/SECCOMP_SET_MODE_FILTER, ([^,]*), \{/g),
      ];
      return calls.map(([, flags]) => flags);
    };
    assert.deepEqual(loadedWith(false, false), ["0"]);
    assert.deepEqual(loadedWith(true, false), ["SECCOMP_FILTER_FLAG_LOG"]);
    assert.deepEqual(loadedWith(true, true), [
      "SECCOMP_FILTER_FLAG_LOG|SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    ]);
  },
);

/** Calls with descriptors that there are not, so that none does anything. */
const PLUGIN = `
import * as s from "jacamar-seccomp";

export function seccompExpansion(filter) {
  const refuse = (name, code, ...conditions) =>
    filter.addRuleConditional(
      s.getSyscallFromName(name),
      s.ActErrno.setReturnCode(s.errno[code]),
      conditions,
    );
  const all = 2n ** 64n - 1n;
  refuse("lseek", "EXDEV", s.makeCondition(1, s.CompareEqual, all));
  refuse("lseek", "ENODEV", s.makeCondition(2, s.CompareGreater, 2 ** 40));
  refuse("ioctl", "EACCES", s.makeCondition(1, s.CompareMaskedEqual, 0xffffffff, 0x5412));
  refuse(
    "fchown",
    "EDOM",
    s.makeCondition(1, s.CompareLess, 5),
    s.makeCondition(2, s.CompareNotEqual, 7),
  );
  filter.addRule(s.getSyscallFromName("fchdir"), s.ActErrno.setReturnCode(s.errno.ENOSYS));
}
`;
const NO_FD = 999;
type Probe = readonly [call: string, args: readonly number[], answer: string];
const PROBES: readonly Probe[] = [
  ["lseek", [NO_FD, -1, 0], "EXDEV"],
  ["lseek", [NO_FD, 2 ** 32 - 1, 0], "EBADF"],
  ["lseek", [NO_FD, 0, 2 ** 40 + 1], "ENODEV"],
  ["lseek", [NO_FD, 0, 2 ** 40], "EBADF"],
  ["ioctl", [NO_FD, 0x5412, 0], "EACCES"],
  ["ioctl", [NO_FD, 0x5412 + 2 ** 32, 0], "EACCES"],
  ["ioctl", [NO_FD, 0x5413, 0], "EBADF"],
  ["fchown", [NO_FD, 4, 6], "EDOM"],
  ["fchown", [NO_FD, 4, 7], "EBADF"],
  ["fchown", [NO_FD, 5, 6], "EBADF"],
  ["fchdir", [NO_FD], "ENOSYS"],
  ["fsync", [NO_FD], "EBADF"],
];
const REFUSED: Probe = ["fdatasync", [NO_FD], "EPERM"];

/** A command that makes the calls and prints their errnos. */
function perlOf(probes: readonly Probe[]): string[] {
  const calls = probes.map(([call, args]) => {
    const { number } = getSyscallFromName(call);
    return `$! = 0; syscall(${[number, ...args]}); print $! + 0, " ";`;
  });
  return ["/usr/bin/perl", "-e", calls.join("\n")];
}

function decode(answers: string, stderr: string): string[] {
  assert.equal(stderr, "");
  return answers.trim().split(" ").map((code) => errnoName(Number(code)));
}

testEach(
  "the kernel answers the same under exec and in a container",
  async (program) => {
    using scratch = new Scratch();
    const plugin = scratch.file("plugin.ts", PLUGIN);
    const config = scratch.config(
      `block_tty_injection = false\nvalidation_plugin = "${plugin}"\n`,
    );
    const perl = perlOf(PROBES);
    const expected = PROBES.map(([, , answer]) => answer);

    const own = await run(program, [...execUnder(config), ...perl]);
    assert.deepEqual(decode(own.stdout, own.stderr), expected);

    const { seccompExpansion } = await import(plugin);
    const filter = new ScmpFilter(ActAllow);
    seccompExpansion(filter);
    const { profile, notes } = toOciProfile(filter.journal);
    filter.release();
    assert.deepEqual(notes, []);
    const container = runInContainer(formatOciProfile(profile), perl);
    const answers = new TextDecoder().decode(container.stdout);
    assert.deepEqual(decode(answers, container.stderr), expected);
  },
  noContainer ?? (hasCommand("perl") ? undefined : "needs perl"),
);

testEach(
  "the kernel answers the same in a container of what show writes",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("plugin.ts", PLUGIN);
    const config = scratch.config(
      'log_denied = true\nblock_calls = ["fdatasync"]\nvalidation_plugin = "plugin.ts"\n' +
        "block_tty_injection = false\n",
    );
    const args = ["show", "-c", config, "--stage", "x", "--format", "oci"];
    const { code, stdout, stderr } = await run(program, args);
    assert.equal(code, 0, stderr);
    const answers = runInContainer(stdout, perlOf([...PROBES, REFUSED]));
    assert.deepEqual(
      decode(new TextDecoder().decode(answers.stdout), answers.stderr),
      [...PROBES, REFUSED].map(([, , answer]) => answer),
    );
  },
  noContainer ?? (hasCommand("perl") ? undefined : "needs perl"),
);

testEach("a job runs under Podman's default profile", async (program) => {
  using scratch = new Scratch();
  scratch.file("profile.json", defaultProfile ?? "");
  const config = scratch.config('profile = "profile.json"\n');
  const script = "mkdir a && ls && chroot / true; echo $?";
  const { stdout, stderr } = await run(
    program,
    [...execUnder(config), "sh", "-c", script],
    { cwd: scratch.path },
  );
  assert.equal(stdout, "a\njacamar.toml\nprofile.json\n125\n", stderr);
  assert.match(
    stderr,
    /cannot change root directory to '\/': Operation not permitted/,
  );
}, noDefaultProfile);
