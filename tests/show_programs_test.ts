/**
 * What `show` says of programs that it did not make: of a file, and of a
 * process.
 *
 * @module
 */
import assert from "node:assert/strict";
import { and, assemble, load, ret } from "../src/bpf/instruction.ts";
import { ECHO, NOT_FREE, Subject, whyUnreadable } from "./attached_process.ts";
import { output, type Program, run, Scratch, testEach } from "./program.ts";

const UNREADABLE = await whyUnreadable();
const IS_X86_64 = Deno.build.arch === "x86_64"
  ? undefined
  : "the expected names are of x86_64";

/** The one program of a policy. */
async function programOf(
  program: Program,
  config: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const of = ["-c", config, "--stage", "x", "--format", "bpf"];
  const { code, stdout } = await output(program, ["show", ...of]);
  assert.equal(code, 0);
  return new Uint8Array(stdout);
}

const EXPLANATION = `x86_64:
  ioctl: ActErrno(EPERM) when arg1 & 0xffffffff in {TIOCSTI, TIOCLINUX}, else
    ActAllow
  ptrace, mkdirat: ActErrno(EPERM)
  any other call: ActAllow
x32, another architecture: ActKillProcess
`;
const KEYS = 'block_calls = ["ptrace", "mkdirat"]\n';

testEach(
  "a program that was written is read again, and said as a policy",
  async (program) => {
    using scratch = new Scratch();
    const bytes = await programOf(program, scratch.config(KEYS));
    const file = scratch.file("program.bpf", bytes);
    const of = ["show", "--program", file];
    const table = await run(program, of);
    assert.deepEqual([table.code, table.stderr], [0, ""]);
    assert.equal(
      table.stdout.replace(/.*: \d+ instructions\n/, ""),
      EXPLANATION,
    );
    const same = await output(program, [...of, "--format", "bpf"]);
    assert.deepEqual(new Uint8Array(same.stdout), bytes);
    const { stdout: asm } = await run(program, [...of, "--format", "asm"]);
    assert.match(asm, /program\.bpf: \d+ instructions\n[^]*arg1\.low \(cmd\)/);
    const { stdout: json } = await run(program, [...of, "--json"]);
    const { programs, policy } = JSON.parse(json);
    assert.equal(programs[0].code, bytes.toHex());
    const [{ abis, rows: [ioctl, refused, rest] }, others] = policy;
    assert.deepEqual(abis, ["x86_64"]);
    assert.deepEqual(ioctl, {
      calls: ["ioctl"],
      numbers: [[16, 16]],
      cases: [{
        action: "ActErrno(EPERM)",
        when: [[{
          argument: 1,
          mask: "0xffffffff",
          comparison: "==",
          values: ["0x5412", "0x541c"],
          names: ["TIOCSTI", "TIOCLINUX"],
        }]],
      }],
      otherwise: "ActAllow",
    });
    assert.deepEqual(refused.calls, ["ptrace", "mkdirat"]);
    assert.deepEqual(rest, { calls: [], cases: [], otherwise: "ActAllow" });
    assert.deepEqual(others.abis, ["x32", null]);
  },
  IS_X86_64,
);

testEach("a program is read from standard input too", async (program) => {
  // Each of its bytes is a character.
  const stdin = new TextDecoder().decode(assemble([ret(0x5_0001)]));
  const { code, stdout } = await run(
    program,
    ["show", "--program", "-", "--format", "asm"],
    { stdin },
  );
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^standard input: 1 instruction\n.* return ActErrno\(EPERM\)\n/,
  );
});

testEach(
  "what the kernel would not take is told, with the reason",
  async (program) => {
    using scratch = new Scratch();
    const show = async (bytes: Uint8Array) => {
      const file = scratch.file("program.bpf", bytes);
      const args = ["show", "--program", file, "--format", "asm"];
      const { code, stdout, stderr } = await run(program, args);
      assert.deepEqual([code, stdout], [1, ""]);
      return stderr;
    };
    assert.match(
      await show(new Uint8Array(9)),
      /program\.bpf: the kernel would not take it: 9 bytes are not a whole/,
    );
    assert.match(
      await show(assemble([load(66), ret(0)])),
      /instruction 0: there is no word of seccomp_data at offset 66/,
    );
    for (const length of [32_769, 32_776, 100_000]) {
      assert.match(
        await show(new Uint8Array(length)),
        /it has more than 4096 instructions/,
      );
    }
    const missing = await run(program, ["show", "--program", "/absent"]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /could not read \/absent/);
  },
);

testEach(
  "a program that computes is said to be one, and can be read as asm",
  async (program) => {
    using scratch = new Scratch();
    const bytes = assemble([
      load(16),
      and(0xff),
      { code: 0x04, jt: 0, jf: 0, k: 1 },
      ret(0x7fff_0000),
    ]);
    const of = ["show", "--program", scratch.file("program.bpf", bytes)];
    const table = await run(program, of);
    assert.equal(table.code, 1);
    assert.match(
      table.stderr,
      /cannot be told as a policy: instruction 2 computes .*--format asm/,
    );
    const { problem } = JSON.parse(
      (await run(program, [...of, "--json"])).stdout,
    );
    assert.match(problem, /instruction 2 computes/);
    const asm = await run(program, [...of, "--format", "asm"]);
    assert.deepEqual([asm.code, asm.stderr], [0, ""]);
    assert.match(asm.stdout, / a \+= 0x1\n.* return ActAllow\n/);
  },
);

testEach(
  "bytes are not written to a terminal",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const of = ["-c", config, "--stage", "x", "--format", "bpf"];
    const command = [...program.command, "show", ...of]
      .map((word) => `'${word}'`).join(" ");
    const { stdout } = await run(
      { name: "script", command: ["script"] },
      ["-qec", command, "/dev/null"],
    );
    assert.match(stdout, /redirect standard output to a file/);
  },
  await runs("script") ? undefined : "needs script",
);

testEach(
  "on a terminal actions are coloured, unless NO_COLOR is set",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const command = [...program.command, "show", "-c", config, "--stage", "x"]
      .map((word) => `'${word}'`).join(" ");
    const show = async (env: Record<string, string>) => {
      const script = { name: "script", command: ["script"] };
      const args = ["-qec", command, "/dev/null"];
      return (await run(script, args, { env })).stdout;
    };
    const home = { HOME: Deno.env.get("HOME") ?? "/" };
    const red = "\x1b[31mActErrno(EPERM)\x1b[39m";
    assert.ok((await show(home)).includes(red));
    const plain = await show({ ...home, NO_COLOR: "1" });
    assert.ok(plain.includes("ActErrno(EPERM)"));
    assert.ok(!plain.includes("\x1b"));
  },
  await runs("script") ? undefined : "needs script",
);

async function runs(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: ["--version"] }).output();
    return true;
  } catch {
    return false;
  }
}

testEach("a process without a filter has none", async (program) => {
  await using subject = Subject.plain(...ECHO);
  assert.equal(await subject.line(), "ready");
  const of = ["show", "--pid", `${subject.pid}`];
  const { code, stdout, stderr } = await run(program, of);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, `process ${subject.pid} has no filter\n`);
  const json = await run(program, [...of, "--json"]);
  assert.deepEqual(JSON.parse(json.stdout), { programs: [] });
}, NOT_FREE);

testEach("what cannot be read ends with 2 and the reason", async (program) => {
  const none = `${2 ** 22 + 1}`;
  const { code, stderr } = await run(program, ["show", "--pid", none]);
  assert.equal(code, 2);
  assert.match(stderr, /ESRCH: there is no such process/);
});

testEach(
  "the filters of a process are said as a policy, together and each",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config(`${KEYS}limit_setuid = true\n`);
    await using subject = Subject.under(config, ...ECHO);
    assert.equal(await subject.line(), "ready");
    const show = (...flags: readonly string[]) =>
      run(program, ["show", "--pid", `${subject.pid}`, ...flags]);
    const all = await show();
    assert.deepEqual([all.code, all.stderr], [0, ""]);
    assert.match(
      all.stdout,
      /^process \d+: \d+ instructions in 2 programs, .*\n[^]* ptrace, mkdirat: /,
    );
    assert.match(all.stdout, / setuid, setgid: /);
    const second = await show("--filter", "2");
    assert.equal(
      second.stdout.replace(/.*: \d+ instructions\n/, ""),
      EXPLANATION,
    );
    await subject.say("goes on");
    assert.equal(await subject.line(), "goes on");
  },
  UNREADABLE ?? IS_X86_64,
);

testEach(
  "it is said if a process may have noticed that it was read",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config('block_calls = ["restart_syscall"]\n');
    await using subject = Subject.under(config, ...ECHO);
    assert.equal(await subject.line(), "ready");
    const { code, stderr } = await run(
      program,
      ["show", "--pid", `${subject.pid}`],
    );
    assert.equal(code, 0);
    assert.match(
      stderr,
      /restart_syscall with ActErrno\(EPERM\): .* may have noticed\n$/,
    );
  },
  UNREADABLE,
);
