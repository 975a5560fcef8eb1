/**
 * What `diff` says of two configurations.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Program, run, Scratch, testEach } from "./program.ts";

const onlyX86 = Deno.build.arch === "x86_64"
  ? undefined
  : "the calls are those of x86_64";

/** Compares two configurations, by their keys, in one folder. */
async function diff(
  program: Program,
  [before, after]: readonly [before: string, after: string],
  {
    flags = ["--stage", "step_script"],
    files = {},
  }: { flags?: string[]; files?: Record<string, string> } = {},
) {
  using scratch = new Scratch();
  for (const [name, text] of Object.entries(files)) scratch.file(name, text);
  const paths = [["old.toml", before], ["new.toml", after]].map(
    ([name, keys]) => scratch.file(name, `[auth.seccomp]\n${keys}`),
  );
  const args = ["diff", ...flags, ...paths];
  const { code, stdout, stderr } = await run(program, args);
  const short = (text: string) => text.replaceAll(scratch.path, "");
  return { code, stdout: short(stdout), stderr: short(stderr) };
}

/** A plugin that refuses calls, of any kind if that says nothing else. */
function refusing(calls: string, stage?: string): string {
  const condition = stage === undefined
    ? ""
    : `if (stage !== "${stage}") return;`;
  return `import { ActErrno, errno, getSyscallFromName } from "jacamar-seccomp";
export function seccompExpansion(filter, stage) {
  ${condition}
  for (const name of "${calls}".split(" ")) {
    filter.addRule(getSyscallFromName(name), ActErrno.setReturnCode(errno.EPERM));
  }
}
`;
}

const BLOCK = 'block_calls = ["ptrace", "bpf"]\n';

testEach(
  "configurations that do the same differ in nothing",
  async (program) => {
    const files = { "same.js": refusing("bpf ptrace") };
    const pairs: [string, string][] = [
      [
        BLOCK,
        'block_calls = [\n  # why\n  "bpf",\n  "ptrace", "bpf"]\nerrno = 1\n',
      ],
      [BLOCK, 'validation_plugin = "same.js"\n'],
      ['validation_plugin = "same.js"\n', BLOCK],
      // Each side's plugin runs, though both are the same module.
      [
        'validation_plugin = "same.js"\n',
        'validation_plugin = "same.js"\nenforce_defaults = true\n',
      ],
      [
        'block_calls = ["@mount"]\n',
        'block_calls = ["chroot", "@mount", "mount"]\n',
      ],
      [
        BLOCK,
        `${BLOCK}[auth.seccomp.stages.after_script]\nblock_calls = ["mkdirat"]\n`,
      ],
    ];
    for (const pair of pairs) {
      const { code, stdout, stderr } = await diff(program, pair, { files });
      assert.deepEqual([code, stderr], [0, ""], `${pair}: ${stdout}`);
      assert.equal(
        stdout,
        "old  /old.toml\nnew  /new.toml\n\nno difference at step_script\n",
      );
    }
  },
);

testEach(
  "diff tells what changes, with a witness and both origins",
  async (program) => {
    const { code, stdout, stderr } = await diff(program, [
      "",
      'block_calls = ["unlinkat", "renameat2"]\nblock_tty_injection = false\n',
    ]);
    assert.deepEqual([code, stderr], [1, ""]);
    const [, stage, ...rest] = stdout.split("\n\n");
    assert.deepEqual(rest, []);
    assert.match(
      stage,
      /^step_script\n {2}ioctl, in some cases: ActErrno\(EPERM\) → ActAllow\n {4}as in {2}ioctl\(fd=0x0, cmd=TIOCSTI\)\n {6}old {2}default: block_tty_injection\n {6}new {2}the default action\n/,
    );
    assert.match(
      stage,
      / {2}unlinkat, renameat2: ActAllow → ActErrno\(EPERM\)\n {4}as in {2}unlinkat\(\)\n {6}old {2}the default action\n {6}new {2}block_calls \/new\.toml:2\n$/,
    );
  },
);

testEach(
  "diff folds many calls and has all of them as JSON",
  async (program) => {
    const pair = [
      "",
      'block_calls = ["@module", "@mount", "@reboot"]\n',
    ] as const;
    const { stdout } = await diff(program, pair);
    assert.match(
      stdout,
      /^ {2}\w+(?:, \w+)* and \d+ more: ActAllow → ActErrno/m,
    );
    const widest = Math.max(...stdout.split("\n").map(({ length }) => length));
    assert.ok(widest <= 80, stdout);
    const flags = ["--stage", "x", "--json"];
    const { stages } = JSON.parse(
      (await diff(program, pair, { flags })).stdout,
    );
    const calls: { syscall: string }[] = stages[0].calls;
    for (const name of ["mount", "umount2", "init_module", "reboot"]) {
      assert.ok(calls.some(({ syscall }) => syscall === name), name);
    }
  },
);

testEach("diff --json has the whole difference", async (program) => {
  const flags = ["--stage", "x", "--json"];
  const pair = [
    BLOCK,
    `${BLOCK}errno = "ENOSYS"\nlog_denied = true\n`,
  ] as const;
  const { code, stdout } = await diff(program, pair, { flags });
  assert.equal(code, 1);
  const { old, new: now, stages: [stage, ...others] } = JSON.parse(stdout);
  assert.deepEqual(old, {
    configuration: "/old.toml",
    disabled: false,
    plugins: [],
  });
  assert.deepEqual([now.configuration, others], ["/new.toml", []]);
  assert.deepEqual(stage.settings, [
    { setting: "logging", old: "off", new: "on" },
  ]);
  const [ioctl, ptrace, bpf] = ["ioctl", "ptrace", "bpf"].map((name) =>
    stage.calls.find(({ syscall }: { syscall: string }) => syscall === name)
  );
  // Of the two commands each is a case, and both change alike.
  assert.equal(stage.calls.length, 3);
  assert.deepEqual([ioctl.always, bpf.always], [false, true]);
  assert.equal(ioctl.witness.arguments[1], "0x5412");
  assert.deepEqual(ptrace, {
    abi: ptrace.abi,
    number: ptrace.number,
    syscall: "ptrace",
    always: true,
    old: {
      action: "ActErrno(1)",
      by: "rule",
      origins: ["block_calls /old.toml:2"],
    },
    new: {
      action: "ActErrno(38)",
      by: "rule",
      origins: ["block_calls /new.toml:2"],
    },
    witness: {
      syscall: "ptrace",
      number: ptrace.number,
      architecture: ptrace.abi,
      arguments: ["0x0", "0x0", "0x0", "0x0", "0x0", "0x0"],
    },
  });
});

testEach(
  "diff goes through the stages of both, and tells equal ones together",
  async (program) => {
    const files = { "own.js": refusing("mkdirat", "after_script") };
    const pair = [
      '[auth.seccomp.stages.step_old]\nblock_calls = ["bpf"]\n',
      '[auth.seccomp.stages.step_new]\nblock_calls = ["bpf"]\n' +
      '[auth.seccomp.stages.after_script]\nvalidation_plugin = "own.js"\n',
    ] as const;
    const { code, stdout } = await diff(program, pair, { files, flags: [] });
    assert.equal(code, 1);
    const parts = stdout.trimEnd().split("\n\n").slice(1);
    const at = (stage: string) => parts.find((part) => part.startsWith(stage));
    assert.match(at("step_old") ?? "", /bpf: ActErrno\(EPERM\) → ActAllow/);
    assert.match(at("step_new") ?? "", /bpf: ActAllow → ActErrno\(EPERM\)/);
    assert.match(
      at("after_script") ?? "",
      /mkdirat: ActAllow → ActErrno\(EPERM\)\n[^]*new {2}plugin \/own\.js$/,
    );
    assert.match(
      at("no difference at") ?? "",
      /^no difference at config_exec, /,
    );
    assert.equal(parts.length, 4);
  },
);

testEach(
  "a configuration that is disabled refuses nothing",
  async (program) => {
    const { code, stdout } = await diff(program, [BLOCK, "disabled = true\n"]);
    assert.equal(code, 1);
    assert.match(stdout, /^new {2}\/new\.toml, disabled$/m);
    assert.match(stdout, /ptrace.*: ActErrno\(EPERM\) → ActAllow\n/);
    assert.match(
      stdout,
      /calls of other architectures: ActKillProcess → ActAllow\n[^]*new {2}no filter, disabled\n/,
    );
    assert.match(stdout, /no_new_privs: auto → as it is\n/);
    const both = await diff(program, [
      "disabled = true\n",
      "disabled = true\n",
    ]);
    assert.equal(both.code, 0);
  },
);

testEach(
  "diff tells the calls of an architecture that is added",
  async (program) => {
    const { code, stdout } = await diff(program, [
      "",
      'architectures = ["native", "x86"]\nblock_calls = ["socket"]\n',
    ]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /calls that no rule names on x86: ActKillProcess → ActAllow\n {4}as in {2}\w+\(\) on x86\n {6}old {2}the bad-arch action\n/,
    );
    assert.match(
      stdout,
      /socket on x86: ActKillProcess → ActErrno\(EPERM\)\n/,
    );
    // Through socketcall it is another call, of which only this case is refused.
    assert.match(
      stdout,
      /^ {2}socketcall on x86, in some cases: ActKillProcess → ActErrno\(EPERM\)\n {4}as in {2}socketcall\(SYS_SOCKET\) on x86\n/m,
    );
  },
  onlyX86,
);

testEach("diff compares a profile with what it stands for", async (program) => {
  const profile = (names: string[]) =>
    JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names, action: "SCMP_ACT_ERRNO" }],
    });
  const files = {
    "same.json": profile(["bpf", "ptrace"]),
    "other.json": profile(["bpf"]),
  };
  const same = [BLOCK, 'profile = "same.json"\n'] as const;
  assert.equal((await diff(program, same, { files })).code, 0);
  const other = [BLOCK, 'profile = "other.json"\n'] as const;
  const { code, stdout } = await diff(program, other, { files });
  assert.equal(code, 1);
  assert.match(stdout, /^ {2}ptrace: ActErrno\(EPERM\) → ActAllow$/m);
  assert.doesNotMatch(stdout, /bpf/);
});

testEach(
  "diff sees limit_setuid for the user that is named",
  async (program) => {
    const pair = ["", "limit_setuid = true\n"] as const;
    const flags = ["--stage", "x", "--user", "1000:1000"];
    const { code, stdout } = await diff(program, pair, { flags });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /setuid.* more, in some cases: ActAllow → ActErrno\(EPERM\)\n {4}as in {2}set\w+\(\)\n[^]*new {2}limit_setuid \/new\.toml:2\n$/,
    );
  },
);

testEach(
  "a stage at which no job would run is a difference",
  async (program) => {
    const files = {
      "throws.js":
        "export function seccompExpansion() { throw new Error('no') }",
    };
    const failing = 'validation_plugin = "throws.js"\n';
    const { code, stdout } = await diff(program, ["", failing], { files });
    assert.equal(code, 1);
    assert.match(stdout, /^ {2}problem of the new: plugin error: .*no/m);
    const closed = await diff(program, [
      "",
      "block_all = true\nallow_calls = []\n",
    ]);
    assert.match(
      closed.stdout + closed.stderr,
      /could not be started|allow_calls/,
    );
  },
);

testEach(
  "a stage that fails alike on both sides is no difference and not the same",
  async (program) => {
    const files = {
      "no.js": "export function seccompExpansion() { throw new Error('no') }",
      "never.js":
        "export function seccompExpansion() { throw new Error('never') }",
      "after.js": `export function seccompExpansion(filter, stage) {
        if (stage === "after_script") throw new Error("no");
      }`,
    };
    const flags = ["--stage", "step_script", "--stage", "after_script"];
    const plugin = (name: string) => `validation_plugin = "${name}.js"\n`;
    for (
      const [keys, problem] of [
        [plugin("no"), /^ {2}problem of the new: plugin error: .*no/m],
        [plugin("after"), /^no difference at step_script$/m],
        [`block_calls = ["execve"]\n`, /problem of the old: the driver could/],
      ] as const
    ) {
      const pair = [keys, keys] as const;
      const { code, stdout, stderr } = await diff(program, pair, {
        files,
        flags,
      });
      assert.equal(code, 2, stdout);
      assert.match(stdout, problem);
      assert.match(
        stderr,
        /^jacamar-seccomp: both fail alike at a stage, .*\n$/,
      );
    }
    const others = [
      // Another problem, the same one on one side only, and a change elsewhere.
      [plugin("no"), plugin("never")],
      [plugin("no"), ""],
      ["", plugin("no")],
      [plugin("after"), `${plugin("after")}${BLOCK}`],
    ] as const;
    for (const pair of others) {
      const { code, stderr } = await diff(program, pair, { files, flags });
      assert.deepEqual([code, stderr], [1, ""], `${pair}`);
    }
  },
);

testEach("what cannot be compared is no difference", async (program) => {
  const broken = await diff(program, ["", "errno = 0\n"]);
  assert.deepEqual([broken.code, broken.stdout], [2, ""]);
  assert.match(broken.stderr, /\/new\.toml:2: errno/);
  using scratch = new Scratch();
  const missing = await run(program, ["diff", scratch.config(), "/nowhere"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /could not read the configuration \/nowhere/);
  const one = await run(program, ["diff", scratch.config()]);
  assert.equal(one.code, 2);
  assert.match(one.stderr, /NEW/);
});
