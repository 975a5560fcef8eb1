/**
 * What `show` writes in each format.
 *
 * @module
 */
import assert from "node:assert/strict";
import { getNativeArch } from "../src/libseccomp/mod.ts";
import { type Program, run, Scratch, testEach } from "./program.ts";

const SETTINGS = "log_denied = true\nno_new_privs = true\n";
const POLICY =
  `${SETTINGS}block_calls = [\n  "ptrace",\n]\nblock_tty_injection = false\n`;

async function show(program: Program, keys: string, ...flags: string[]) {
  using scratch = new Scratch();
  const config = scratch.config(keys);
  const args = ["show", "-c", config, "--stage", "step_script", ...flags];
  const { code, stdout, stderr } = await run(program, args);
  return { code, stdout, stderr: stderr.replaceAll(scratch.path, "") };
}

testEach(
  "show writes the table of one stage, with its lines",
  async (program) => {
    const { code, stdout, stderr } = await show(program, POLICY);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(
      stdout,
      /^ {2}block_calls \S+jacamar\.toml\n {4}ptrace: ActErrno\(EPERM\) \[line 5\]\n {2}any other call: ActAllow\n {2}another architecture: ActKillProcess\n {2}\d+ instructions, proven\n$/,
    );
  },
);

testEach(
  "show says always of a condition that looks at no bit",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      `import { ActErrno, CompareEqual, CompareMaskedEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  const refuse = (name, ...conditions) =>
    filter.addRuleConditional(getSyscallFromName(name), ActErrno.setReturnCode(1), conditions);
  refuse("personality", makeCondition(0, CompareMaskedEqual, 0, 0));
  refuse("lseek", makeCondition(0, CompareEqual, 5), makeCondition(2, CompareMaskedEqual, 0, 0));
}
`,
    );
    const config = scratch.config('validation_plugin = "plugin.js"\n');
    const args = ["show", "-c", config, "--stage", "step_script"];
    const { code, stdout, stderr } = await run(program, args);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^ +personality: ActErrno\(EPERM\) always$/m);
    assert.match(stdout, /^ +lseek: ActErrno\(EPERM\) when arg0 == 0x5$/m);
  },
);

testEach("show writes filters and settings as JSON", async (program) => {
  for (const flags of [["--format", "json"], ["--json"]]) {
    const { code, stdout } = await show(program, POLICY, ...flags);
    assert.equal(code, 0);
    const { filters: [filter], ...settings } = JSON.parse(stdout);
    assert.deepEqual(settings, { logDenied: true, noNewPrivs: true });
    const { name, defaultAction, badArchAction, architectures, rules } = filter;
    assert.deepEqual(
      [name, defaultAction, badArchAction, architectures],
      ["filter", "ActAllow", "ActKillProcess", [getNativeArch().name]],
    );
    assert.equal(filter.code[0].length, 16 * filter.instructions);
    const [{ origin, ...rule }] = rules;
    assert.deepEqual(rule, {
      syscall: "ptrace",
      number: getNativeArch().name === "x86_64" ? 101 : 117,
      action: "ActErrno(1)",
      conditions: [],
    });
    assert.match(origin, /^block_calls .*jacamar\.toml:5$/);
  }
});

testEach("check --json has the settings too", async (program) => {
  using scratch = new Scratch();
  const check = async (keys: string) => {
    const config = scratch.config(keys);
    const args = ["check", "-c", config, "--stage", "x", "--json"];
    const { logDenied, noNewPrivs } = JSON.parse(
      (await run(program, args)).stdout,
    );
    return [logDenied, noNewPrivs];
  };
  assert.deepEqual(await check(SETTINGS), [true, true]);
  assert.deepEqual(await check(""), [false, "auto"]);
  assert.deepEqual(await check("no_such_key = 1"), [undefined, undefined]);
});

testEach(
  "show writes pseudo filter code, a part for each filter",
  async (program) => {
    const { code, stdout, stderr } = await show(
      program,
      `${POLICY}limit_setuid = true\n`,
      "--format",
      "pfc",
    );
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^# limit_setuid: set\*uid and set\*gid: uid \d+/);
    assert.match(
      stdout,
      /\n# filter\n[^]*filter for syscall "ptrace"[^]*action ERRNO\(1\);/,
    );
  },
);

testEach(
  "show writes a profile, and tells what it cannot say",
  async (program) => {
    const { code, stdout, stderr } = await show(
      program,
      `${POLICY}limit_setuid = true\n`,
      "--format",
      "oci",
    );
    assert.equal(code, 1);
    const { flags, defaultAction, syscalls } = JSON.parse(stdout);
    assert.deepEqual(flags, ["SECCOMP_FILTER_FLAG_LOG"]);
    assert.equal(defaultAction, "SCMP_ACT_ALLOW");
    assert.deepEqual(syscalls, [{
      names: ["ptrace"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 1,
    }]);
    assert.match(stderr, /limit_setuid is a filter of its own/);
    assert.match(stderr, /process\.noNewPrivileges of the bundle/);
    const plain = await show(program, "block_calls = []\n", "--format", "oci");
    assert.equal(plain.code, 0);
    assert.deepEqual(JSON.parse(plain.stdout).flags, []);
    assert.doesNotMatch(plain.stderr, /noNewPrivileges/);
  },
);
