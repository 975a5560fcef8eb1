import assert from "node:assert/strict";
import { hasCommand, run, Scratch, testEach } from "./program.ts";

const MKDIR_PLUGIN = new URL("../plugins/mkdir.ts", import.meta.url).pathname;

testEach(
  "check shows what each stage's filter does and where it comes from",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config(
      `block_calls = [\n  "ptrace",\n]\nvalidation_plugin = "${MKDIR_PLUGIN}"\n`,
    );
    const stages = [
      "--stage",
      "step_script",
      "--stage",
      "after_script",
      "--stage",
      "step_two",
    ];
    const { code, stdout, stderr } = await run(program, [
      "check",
      "-c",
      config,
      ...stages,
    ]);
    // The plugin leaves mkdirat open.
    assert.deepEqual([code, stderr], [1, ""]);
    const [, two, one] = stdout.split("\n\n");
    assert.match(
      two,
      /^step_script, step_two\n {2}block_calls .*jacamar\.toml\n {4}ptrace: ActErrno\(EPERM\) \[line 3\]\n/,
    );
    assert.match(
      two,
      / {2}default: block_tty_injection\n {4}ioctl: ActErrno\(EPERM\) when arg1 & 0xffffffff == TIOCSTI\n/,
    );
    assert.doesNotMatch(two, /mkdir/);
    assert.match(
      one,
      /^after_script\n[^]* {2}plugin .*\/plugins\/mkdir\.ts\n {4}mkdir: ActErrno\(EPERM\)\n/,
    );
    assert.match(
      one,
      /any other call: ActAllow\n {2}another architecture: ActKillProcess\n {2}\d+ instructions, proven\n {2}warning: mkdir .*\s+\[plugin .*\/plugins\/mkdir\.ts\]$/,
    );
    assert.doesNotMatch(two, /warning/);
  },
);

testEach(
  "check covers the well-known stages, and --json tells all",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const { code, stdout } = await run(program, [
      "check",
      "--configuration",
      config,
      "--json",
    ]);
    assert.equal(code, 0);
    const report = JSON.parse(stdout);
    assert.equal(report.stages.length, 16);
    assert.deepEqual(report.stages[0].filters[0].rules[0], {
      syscall: "ioctl",
      number: Deno.build.arch === "x86_64" ? 16 : 29,
      action: "ActErrno(1)",
      conditions: [{
        argument: 1,
        comparison: "CompareMaskedEqual",
        values: ["0xffffffff", "0x5412"],
      }],
      origin: "default: block_tty_injection",
    });
  },
);

testEach(
  "check finds what is wrong and says so with exit code 1",
  async (program) => {
    using scratch = new Scratch();
    const lines = async (config: string, plugin = "") => {
      scratch.file("plugin.js", plugin);
      const file = scratch.file("jacamar.toml", config);
      const { code, stdout, stderr } = await run(program, [
        "check",
        "-c",
        file,
        "--stage",
        "x",
      ]);
      assert.equal(code, 1, stderr);
      return unbroken(stdout + stderr);
    };
    const within = (time: string) =>
      `[auth.seccomp]\nvalidation_plugin = "plugin.js"\nplugin_timeout = "${time}"\n`;
    const withPlugin = within("1m");
    const expansion = (body: string) =>
      `import { ActErrno, ActKillProcess, getSyscallFromName } from "jacamar-seccomp";
     export function seccompExpansion(filter, stage) { ${body} }`;

    assert.match(
      await lines("[auth.seccomp]\nblock_call = []\nerrno = 0\n"),
      /unknown key[^]*problem: .*errno/,
    );
    assert.match(
      await lines('[auth.seccomp]\nblock_calls = ["mkdirs"]\n'),
      /:2: block_calls: could not resolve/,
    );
    assert.match(
      await lines("[auth.seccomp]\nblock_all = true\n"),
      /problem: the driver could not be started/,
    );
    assert.match(
      await lines(
        '[auth.seccomp]\nblock_all = true\nallow_calls = ["execve"]\n',
      ),
      /warning: no dynamically linked program .* \[block_all \S+jacamar\.toml:2\]/,
    );
    assert.match(
      await lines(
        withPlugin,
        expansion("filter.reset(ActErrno.setReturnCode(1));"),
      ),
      /problem: the driver could not be started: the default action .* \[plugin \S+plugin\.js\]/,
    );
    assert.match(
      await lines(
        withPlugin,
        `import { ActAllow, ActErrno, getSyscallFromName } from "jacamar-seccomp";
         export const seccompExpansion = (filter) => {
           filter.setBadArchAction(ActAllow);
           filter.addRule(getSyscallFromName("ptrace"), ActErrno.setReturnCode(1));
         };`,
      ),
      /warning: a call made on .* passes every rule: .* \[plugin \S+plugin\.js\]/,
    );
    assert.match(
      await lines('[auth.seccomp]\nmode = "log"\nblock_calls = ["clone3"]\n'),
      /clone3: ActLog[^]*warning: clone3 is refused with ActErrno\(EPERM\)/,
    );
    assert.match(
      await lines('[auth.seccomp]\nvalidation_plugin = "no.ts"\n'),
      /there is no such file/,
    );
    assert.match(
      await lines(withPlugin, expansion('throw new Error("in " + stage);')),
      /x\n {2}problem: plugin error: in x \(.*plugin\.js:2:\d+\)/,
    );
    assert.match(
      await lines(within("500ms"), expansion("for (;;);")),
      /plugin_timeout/,
    );
    assert.match(
      await lines(withPlugin, expansion("Deno.exit(0);")),
      /it ended the process/,
    );
    assert.match(
      await lines(
        withPlugin,
        expansion(`const mkdir = getSyscallFromName("mkdir");
        filter.addRule(mkdir, ActErrno.setReturnCode(1)); filter.addRule(mkdir, ActKillProcess);`),
      ),
      /warning: mkdir has two rules, of which ActErrno\(EPERM\), the first, wins and ActKillProcess loses \[plugin .*plugin\.js\]/,
    );
  },
);

/** The findings of a report, each in one line. */
function unbroken(report: string): string {
  return report.split(/\n(?=(?: {2})?(?:problem|warning|notice): |\S)/)
    .map((lines) =>
      /^ *(?:problem|warning|notice): /.test(lines)
        ? lines.replaceAll(/\n {2,}/g, " ")
        : lines
    ).join("\n");
}

testEach(
  "check warns where no_new_privs is on already",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const { code, stdout } = await run(
      program,
      ["check", "-c", config, "--json", "--stage", "x"],
      { wrapper: ["setpriv", "--no-new-privs"] },
    );
    assert.equal(code, 1);
    const { stages: [{ findings }] } = JSON.parse(stdout);
    const [{ severity, message, origins }] = findings;
    assert.deepEqual([severity, origins], ["warning", []]);
    assert.match(message, /no_new_privs is on already/);
    const asking = scratch.config("no_new_privs = true\n");
    const asked = await run(
      program,
      ["check", "-c", asking, "--stage", "x"],
      { wrapper: ["setpriv", "--no-new-privs"] },
    );
    assert.doesNotMatch(asked.stdout, /no_new_privs/);
    assert.equal(asked.code, 0);
  },
  hasCommand("setpriv") ? undefined : "needs setpriv",
);

testEach(
  "what libseccomp refuses is a problem of the configuration, with its place",
  async (program) => {
    using scratch = new Scratch();
    const problemOf = async (keys: string, profile: unknown = {}) => {
      scratch.file("profile.json", JSON.stringify(profile));
      const config = scratch.config(keys);
      const args = ["check", "-c", config, "--stage", "x", "--json"];
      const { code, stdout, stderr } = await run(program, args);
      assert.deepEqual([code, stderr], [1, ""]);
      const { problems: [problem], stages } = JSON.parse(stdout);
      assert.deepEqual(stages, []);
      return problem.replaceAll(`${scratch.path}/`, "");
    };
    assert.match(
      await problemOf('architectures = [\n  "native",\n  "s390x",\n]\n'),
      /^jacamar\.toml:4: architectures: could not add the architecture s390x: its byte order .*\(EDOM\)$/,
    );
    const same = { index: 0, value: 7, op: "SCMP_CMP_EQ" };
    const entry = { names: ["read"], action: "SCMP_ACT_ERRNO", args: [same] };
    assert.equal(
      await problemOf('profile = "profile.json"\n', {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [entry, { ...entry, action: "SCMP_ACT_KILL_PROCESS" }],
      }),
      "profile profile.json syscalls[1]: could not add the rule ActKillProcess for read: it contradicts a rule that the filter has already (EEXIST)",
    );
    assert.match(
      await problemOf(
        'profile = "profile.json"\nprofile_capabilities = ["CAP_CHOWN", "CAP_SYS_ADMNI"]\n',
        { defaultAction: "SCMP_ACT_ALLOW" },
      ),
      /^jacamar\.toml:3: profile_capabilities: there is no capability CAP_SYS_ADMNI, did you mean "CAP_SYS_ADMIN"\?$/,
    );
  },
);

testEach(
  "check keeps a plugin's output apart from its own",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      'export function seccompExpansion() { console.log("noise"); }',
    );
    const config = scratch.config('validation_plugin = "plugin.js"\n');
    const { code, stdout, stderr } = await run(program, [
      "check",
      "-c",
      config,
      "--json",
      "--stage",
      "x",
    ]);
    assert.deepEqual([code, stderr], [0, "noise\n"]);
    assert.equal(JSON.parse(stdout).stages[0].stage, "x");
  },
);

testEach(
  "a command line that is wrong ends with 2 and a hint",
  async (program) => {
    for (
      const [args, says] of [
        [["chek"], /did you mean `check`/],
        [["check", "--configuratoin", "x"], /did you mean --configuration/],
        [["check"], /configuration/],
        [
          ["check", "-c", "/absent/jacamar.toml"],
          /could not read the configuration/,
        ],
        [[], /USAGE/],
      ] as const
    ) {
      const { code, stdout, stderr } = await run(program, args);
      assert.equal(code, 2);
      assert.match(stdout + stderr, says);
    }
    const version = await run(program, ["--version"]);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^jacamar-seccomp 0\.1\.0\n/);
  },
);

testEach(
  "a stage whose plugin fails does not spoil the report of the next",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      'export function seccompExpansion(filter, stage) { if (stage === "a") throw new Error("no"); }',
    );
    const config = scratch.config(
      'validation_plugin = "plugin.js"\nplugin_timeout = "1m"\n',
    );
    const stages = ["a", "b"].flatMap((stage) => ["--stage", stage]);
    const { code, stdout, stderr } = await run(program, [
      "check",
      "-c",
      config,
      "--json",
      ...stages,
    ]);
    assert.deepEqual([code, stderr], [1, ""]);
    const { stages: [a, b] } = JSON.parse(stdout);
    const severities = [a, b].map(({ findings }) =>
      findings.map(({ severity }: { severity: string }) => severity)
        .filter((severity: string) => severity !== "notice")
    );
    assert.deepEqual(severities, [["problem"], []]);
  },
);

testEach(
  "a check whose report cannot be written could not run",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const { code, stderr } = await run(program, ["check", "-c", config], {
      wrapper: ["sh", "-c", '"$@" >/dev/full', "sh"],
    });
    assert.equal(code, 2);
    assert.match(stderr, /No space left on device/);
  },
);
