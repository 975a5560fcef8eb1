import assert from "node:assert/strict";
import { probeProgram } from "./probe.ts";
import {
  call,
  env,
  files,
  learn,
  record,
  SYSTEM_FAILURE,
} from "./learn_run.ts";
import {
  compiled,
  hasCommand,
  isRoot,
  run,
  Scratch,
  testEach,
} from "./program.ts";

testEach(
  "the job's output and exit code are its own, and nothing is added",
  async (program) => {
    using scratch = new Scratch();
    const script = "echo out; echo err >&2; exit 7";
    assert.deepEqual(await learn(program, scratch, script), {
      ...{ code: 7, signal: null, stdout: "out\n", stderr: "err\n" },
    });
    assert.deepEqual(files(scratch), ["policy.json", "policy.toml"]);
    const [{ command, exitCode }] = record(scratch).stages["*"].runs;
    assert.deepEqual(command, ["/bin/sh", "-c", script]);
    assert.equal(exitCode, 7);
  },
);

testEach(
  "of a job that a signal ends the code is 128 and the signal",
  async (program) => {
    using scratch = new Scratch();
    const { code } = await learn(program, scratch, "kill -SEGV $$");
    assert.equal(code, 128 + 11);
  },
);

testEach(
  "calls are counted for each executable, from the command's execve on",
  async (program) => {
    using scratch = new Scratch();
    await learn(program, scratch, "mkdir a b c; rmdir a; /bin/true; mkdir d");
    const mkdir = call(scratch, "mkdir");
    assert.equal(mkdir?.count, 4);
    assert.deepEqual(mkdir?.executables, { [real("mkdir")]: 4 });
    assert.deepEqual(call(scratch, "rmdir")?.executables, {
      [real("rmdir")]: 1,
    });
    // That of sh, and of each program that it has started.
    assert.equal(call(scratch, "execve")?.count, 5);
  },
);

/** Where a command really is. */
function real(command: string): string {
  return Deno.realPathSync(`/bin/${command}`);
}

testEach(
  "the arguments that matter are kept, without those bits that do not",
  async (program) => {
    using scratch = new Scratch();
    const [AF_INET, SOCK_DGRAM, SOCK_CLOEXEC] = [2n, 2n, 0o2000000n];
    const HIGH = 0xffff_ffffn << 32n;
    const socket = { abi: "native", number: numbers.socket } as const;
    const file = scratch.file(
      "probe",
      probeProgram([
        { ...socket, args: [HIGH | AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0n] },
        { ...socket, args: [AF_INET, SOCK_DGRAM, 17n] },
        { ...socket, args: [16n, 3n, 0n] },
      ]),
      0o755,
    );
    const args = ["learn", "--output", `${scratch.path}/policy.ts`, "--", file];
    const { code, stderr } = await run(program, args, { env });
    assert.equal(code, 0, stderr);
    assert.deepEqual(call(scratch, "socket")?.shapes, [
      { values: ["0x2", "0x2"], count: 2 },
      { values: ["0x10", "0x3"], count: 1 },
    ]);
  },
);

const numbers = Deno.build.arch === "aarch64"
  ? { socket: 198 }
  : { socket: 41 };

testEach(
  "calls of 32-bit programs are kept apart, and the policy covers their ABI",
  async (program) => {
    using scratch = new Scratch();
    const getpid = { abi: "x86", number: 20, args: [] } as const;
    const file = scratch.file("probe", probeProgram([getpid]), 0o755);
    await learn(program, scratch, file);
    assert.equal(
      record(scratch).stages["*"].calls.find(({ abi }) => abi === "x86")?.name,
      "getpid",
    );
    const policy = Deno.readTextFileSync(`${scratch.path}/policy.toml`);
    assert.match(policy, /^architectures = \["native", "x86"\]$/m);
  },
  Deno.build.arch === "x86_64" ? undefined : "there is no 32-bit x86",
);

testEach("a job may load filters of its own", async (program) => {
  using scratch = new Scratch();
  const config = scratch.config('block_calls = ["mkdir", "mkdirat"]\n');
  const inner = [
    ...program.command,
    "exec",
    "-c",
    config,
    "--stage",
    "x",
    "--",
  ];
  const script = `${inner.join(" ")} mkdir a; echo $?`;
  const { stdout, stderr } = await learn(program, scratch, script);
  assert.equal(stdout, "1\n");
  assert.match(stderr, /mkdir: cannot create directory/);
  assert.ok(call(scratch, "seccomp"));
});

testEach("a job may trace its processes", async (program) => {
  using scratch = new Scratch();
  const script = "strace -f -o trace mkdir a; grep -c '^[0-9]* *mkdir(' trace";
  const { stdout } = await learn(program, scratch, script);
  assert.equal(stdout, "1\n");
  assert.ok(call(scratch, "ptrace"));
}, hasCommand("strace") ? undefined : "there is no strace");

testEach(
  "where a listener is on already the reason is told",
  async (program) => {
    using scratch = new Scratch();
    const args = ["learn", "--output", "inner.toml", "--", "/bin/true"];
    const script = `${[...program.command, ...args].join(" ")}; echo $?`;
    const { stdout, stderr } = await learn(program, scratch, script, {
      env: { ...env, HOME: Deno.env.get("HOME") ?? "/" },
    });
    assert.equal(stdout, `${SYSTEM_FAILURE}\n`);
    assert.match(stderr, /a filter with a listener is on already/);
  },
);

testEach(
  "an ordinary user can learn",
  async (program) => {
    using scratch = new Scratch();
    Deno.chmodSync(scratch.path, 0o777);
    const wrapper = [
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
    ];
    const { code, stderr } = await learn(program, scratch, "mkdir a", {
      wrapper,
    });
    assert.equal(code, 0, stderr);
    assert.equal(call(scratch, "mkdir")?.count, 1);
  },
  isRoot && hasCommand("setpriv") ? undefined : "is run as root only",
  [compiled],
);
