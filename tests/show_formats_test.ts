/**
 * What `show` writes of a policy that has something of everything, and what it
 * refuses to write.
 *
 * @module
 */
import assert from "node:assert/strict";
import { colourActions } from "../src/commands/action_colour.ts";
import { output, type Program, run, Scratch, testEach } from "./program.ts";

const PROFILE = JSON.stringify({
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls: [
    {
      names: ["clone"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 1,
      args: [{
        index: 0,
        value: 0x1000_0000,
        valueTwo: 0x1000_0000,
        op: "SCMP_CMP_MASKED_EQ",
      }],
    },
    {
      names: ["keyctl", "add_key", "request_key"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 38,
    },
  ],
});
const PLUGIN =
  `import { ActKillProcess, getSyscallFromName } from "jacamar-seccomp";
export const seccompExpansion = (filter) => {
  filter.addRule(getSyscallFromName("mkdirat"), ActKillProcess);
};`;
const KEYS = `block_calls = [
  "ptrace",
  "@mount",
]
profile = "profile.json"
validation_plugin = "plugin.js"
limit_setuid = true
`;

/** A folder with the policy; what it shows of that, without the folder's name. */
class Subject extends Scratch {
  readonly configuration: string;

  constructor() {
    super();
    this.file("profile.json", PROFILE);
    this.file("plugin.js", PLUGIN);
    this.configuration = this.config(KEYS);
  }

  async show(program: Program, ...flags: readonly string[]) {
    const { code, stdout, stderr } = await run(program, this.args(flags));
    const hide = (text: string) => text.replaceAll(`${this.path}/`, "");
    return { code, stdout: hide(stdout), stderr: hide(stderr) };
  }

  args(flags: readonly string[]): string[] {
    const of = ["-c", this.configuration, "--stage", "step_script"];
    return ["show", ...of, "--user", "1000:1000", ...flags];
  }
}

function assertNarrow(text: string): void {
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
}

testEach(
  "the table has a heading for each origin, and says constants by name",
  async (program) => {
    using subject = new Subject();
    const { code, stdout, stderr } = await subject.show(program);
    assert.deepEqual([code, stderr], [0, ""]);
    assertNarrow(stdout);
    assert.ok(!stdout.includes("\x1b"));
    const text = stdout.replace(/\d+ instructions/g, "N instructions");
    assert.equal(
      text,
      `  limit_setuid, a filter of its own:
    set*uid and set*gid: uid 1000 and gid 1000 only, or -1 where that changes
      nothing; else ActErrno(EPERM)
    N instructions, proven
  the filter that plugins change:
    profile profile.json
      clone: ActErrno(EPERM) when arg0 & CLONE_NEWUSER == CLONE_NEWUSER
        [syscalls[0]]
      keyctl, add_key, request_key: ActErrno(ENOSYS) [syscalls[1]]
    block_calls jacamar.toml
      chroot, fsconfig, fsmount, fsopen, fspick, mount, mount_setattr,
        move_mount, open_tree, pivot_root, umount, umount2: ActErrno(EPERM)
        [line 4 @mount]
      ptrace: ActErrno(EPERM) [line 3]
    default: block_tty_injection
      ioctl: ActErrno(EPERM) when arg1 & 0xffffffff == TIOCSTI
      ioctl: ActErrno(EPERM) when arg1 & 0xffffffff == TIOCLINUX
    plugin plugin.js
      mkdirat: ActKillProcess
    any other call: ActAllow
    another architecture: ActKillProcess
    N instructions, proven
`,
    );
  },
);

testEach("JSON has every filter, rule and program", async (program) => {
  using subject = new Subject();
  const { code, stdout } = await subject.show(program, "--format", "json");
  assert.equal(code, 0);
  const { filters } = JSON.parse(stdout);
  const [limit, filter] = filters;
  assert.deepEqual([limit.name, filter.name], ["limit_setuid", "filter"]);
  for (const { instructions, programs, code } of filters) {
    assert.equal(code.length, programs);
    assert.equal(code.join("").length, 16 * instructions);
  }
  const origins = new Set(
    filter.rules.map(({ origin }: { origin: string }) =>
      origin.replaceAll(`${subject.path}/`, "")
    ),
  );
  for (
    const origin of [
      "profile profile.json syscalls[0]",
      "block_calls jacamar.toml:3",
      "default: block_tty_injection",
      "plugin plugin.js",
    ]
  ) assert.ok(origins.has(origin), origin);
});

testEach("asm has every program's instructions, named", async (program) => {
  using subject = new Subject();
  const { code, stdout, stderr } = await subject.show(
    program,
    ...["--format", "asm"],
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assertNarrow(stdout);
  assert.match(stdout, /^limit_setuid: \d+ instructions\n +0 0020 00 00/);
  assert.match(stdout, /\n\nfilter: \d+ instructions\n +0 0020 00 00/);
  assert.match(stdout, / if arg1\.low \(cmd\) == TIOCSTI go to \d+\n/);
  assert.match(stdout, / return ActErrno\(ENOSYS\)\n/);
  const one = await subject.show(program, "--format", "asm", "--filter", "2");
  assert.match(one.stdout, /^filter: /);
  assert.ok(stdout.endsWith(one.stdout));
});

testEach("bpf is one program as it is loaded", async (program) => {
  using subject = new Subject();
  const bpf = async (...flags: readonly string[]) => {
    const args = subject.args(["--format", "bpf", ...flags]);
    return await output(program, args);
  };
  const all = await bpf();
  assert.deepEqual([all.code, all.stdout.length], [2, 0]);
  assert.match(
    new TextDecoder().decode(all.stderr),
    /there are 2 programs; say which one with --filter, 1 to 2: limit_setuid, filter\n$/,
  );
  const { stdout: json } = await subject.show(program, "--json");
  const [limit, filter] = JSON.parse(json).filters;
  for (const [number, { code: [hex] }] of [["1", limit], ["2", filter]]) {
    const { code, stdout } = await bpf("--filter", number);
    assert.equal(code, 0);
    assert.equal(stdout.toHex(), hex);
  }
  const none = await bpf("--filter", "3");
  assert.equal(none.code, 2);
  assert.match(new TextDecoder().decode(none.stderr), /--filter .* 1 to 2/);
});

testEach("flags that do not go together are refused", async (program) => {
  using scratch = new Scratch();
  const config = scratch.config();
  const policy = ["-c", config, "--stage", "x"];
  for (
    const [flags, says] of [
      [[], /needs --configuration FILE and --stage STAGE, --program/],
      [["-c", config], /--stage STAGE/],
      [[...policy, "--program", "x"], /show needs/],
      [[...policy, "--groups"], /show needs/],
      [[...policy, "x"], /unexpected argument x/],
      [[...policy, "--filter", "1"], /--filter goes with/],
      [[...policy, "--json", "--format", "asm"], /--json goes with/],
      [["--program", "x", "--pid", "1"], /show needs/],
      [["--program", "x", "--stage", "x"], /--stage goes with/],
      [["--program", "x", "--filter", "1"], /--filter goes with/],
      [["--program", "x", "--format", "pfc"], /libseccomp/],
      [["--pid", "1", "--format", "oci"], /rules/],
      [["--pid", "1", "--user", "x"], /--user goes with/],
      [["--pid", "x"], /--pid takes the id of a process/],
      [["--groups", "--format", "asm"], /--format asm goes with/],
    ] as const
  ) {
    const { code, stdout, stderr } = await run(program, ["show", ...flags]);
    assert.deepEqual([code, stdout], [2, ""], flags.join(" "));
    assert.match(stderr, says);
  }
});

Deno.test("actions are coloured by what they do", () => {
  const mark = (name: string) => (text: string) => `<${name} ${text}>`;
  const palette = {
    bold: mark("bold"),
    red: mark("red"),
    green: mark("green"),
    yellow: mark("yellow"),
    dim: mark("dim"),
  };
  assert.equal(
    colourActions(
      "read: ActErrno(EPERM) when arg0 == 0x1, else ActAllow; ActLog, ActKillThread, ActTrace(3) [ActAllowed]",
      palette,
    ),
    "read: <red ActErrno(EPERM)> when arg0 == 0x1, else <green ActAllow>; <yellow ActLog>, <red ActKillThread>, <yellow ActTrace(3)> [ActAllowed]",
  );
});
