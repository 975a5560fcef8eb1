import assert from "node:assert/strict";
import { parseRecord } from "../src/learn/record_schema.ts";
import type { LearnedCall, LearnRecord } from "../src/learn/record.ts";
import { readProcessStatus } from "../src/libc/process_status.ts";
import { probeProgram } from "./probe.ts";
import {
  compiled,
  hasCommand,
  isRoot,
  type Program,
  run,
  type RunOptions,
  Scratch,
  start,
  testEach,
} from "./program.ts";

const SYSTEM_FAILURE = 42;
const env = { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` };

/** Learns from a script of shell. */
async function learn(
  program: Program,
  scratch: Scratch,
  script: string,
  { flags = [], ...options }: RunOptions & { flags?: readonly string[] } = {},
) {
  const output = `${scratch.path}/policy.toml`;
  return await run(
    program,
    ["learn", "--output", output, ...flags, "--", "/bin/sh", "-c", script],
    { env, cwd: scratch.path, ...options },
  );
}

function record(scratch: Scratch): LearnRecord {
  const file = `${scratch.path}/policy.json`;
  return parseRecord(Deno.readTextFileSync(file), file);
}

/** A call of a stage. */
function call(
  scratch: Scratch,
  name: string,
  stage = "*",
): LearnedCall | undefined {
  return record(scratch).stages[stage].calls.find((each) => each.name === name);
}

function files(scratch: Scratch): string[] {
  return [...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort();
}

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

testEach(
  "each stage keeps its own list, and runs add up with --merge",
  async (program) => {
    using scratch = new Scratch();
    const at = (stage: string) => ["--merge", "--stage", stage];
    await learn(program, scratch, "mkdir a", { flags: at("build_script") });
    await learn(program, scratch, "rmdir a", { flags: at("after_script") });
    await learn(program, scratch, "mkdir a b", { flags: at("build_script") });
    assert.equal(call(scratch, "mkdir", "build_script")?.count, 3);
    assert.equal(call(scratch, "rmdir", "build_script"), undefined);
    assert.equal(call(scratch, "mkdir", "after_script"), undefined);
    const { stages } = record(scratch);
    assert.equal(stages.build_script.runs.length, 2);
    const { code, stdout } = await run(program, [
      ...["check", "-c", `${scratch.path}/policy.toml`],
      ...["--stage", "build_script", "--stage", "after_script"],
    ]);
    assert.equal(code, 0, stdout);
  },
);

testEach("the stage is read off a driver's arguments", async (program) => {
  using scratch = new Scratch();
  const driver = scratch.file("driver", "#!/bin/sh\nexit 0\n", 0o755);
  const args = ["--output", `${scratch.path}/policy.json`, "--", driver];
  await run(program, ["learn", ...args, "run", "script", "after_script"]);
  assert.deepEqual(Object.keys(record(scratch).stages), ["after_script"]);
  assert.deepEqual(files(scratch), ["driver", "policy.json"]);
});

testEach(
  "what exists is not overwritten, and no job is run for it",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("policy.toml", "mine\n");
    const { code, stderr } = await learn(program, scratch, "touch run");
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(
      stderr,
      /policy\.toml exists: name another file/,
    );
    assert.deepEqual(files(scratch), ["policy.toml"]);
  },
);

testEach(
  "a record that is none is told before a job is run",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("policy.json", "{}");
    const flags = ["--merge"];
    const { code, stderr } = await learn(program, scratch, "touch run", {
      flags,
    });
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(stderr, /policy\.json: /);
    assert.deepEqual(files(scratch), ["policy.json"]);
  },
);

testEach(
  "a command that cannot be started is the system's failure, and leaves nothing",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("text", "no program\n", 0o755);
    for (const command of ["/absent/command", "absent-command", "./text"]) {
      const args = ["learn", "--output", "policy.toml", "--", command];
      const { code, stderr } = await run(program, args, {
        env,
        cwd: scratch.path,
      });
      assert.equal(code, SYSTEM_FAILURE, stderr);
      assert.match(stderr, new RegExp(command.replace("./", "")));
      assert.deepEqual(files(scratch), ["text"]);
    }
  },
);

testEach(
  "SIGTERM reaches the job, and what was seen is written",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/policy.toml`;
    const script =
      'trap "exit 9" TERM; mkdir a; echo ready; while :; do sleep 1; done';
    const child = start(program, [
      ...["learn", "--output", output, "--", "/bin/sh", "-c", script],
    ], { cwd: scratch.path });
    await child.stdin.close();
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    child.kill("SIGTERM");
    const { code } = await child.output();
    assert.equal(code, 9);
    assert.equal(call(scratch, "mkdir")?.count, 1);
  },
);

testEach(
  "without its recorder a job is gone, and does not hang",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/policy.toml`;
    // The second process is no child of the recorder: its calls fail.
    const script =
      "(while :; do /bin/true; done) & echo $$ $!; while :; do sleep 0.01; done";
    const child = start(program, [
      ...["learn", "--output", output, "--", "/bin/sh", "-c", script],
    ], { cwd: scratch.path });
    await child.stdin.close();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    child.kill("SIGKILL");
    // It ends as soon as nobody has the pipes any more.
    await child.output();
    for (const pid of new TextDecoder().decode(value).trim().split(" ")) {
      const state = readProcessStatus(Number(pid))?.state ?? "X";
      assert.match(state, /[XZ]/);
    }
    assert.deepEqual(files(scratch), []);
  },
);

testEach(
  "processes that the command leaves running are recorded, and told of",
  async (program) => {
    using scratch = new Scratch();
    const script = "(sleep 1.5; mkdir late) & exit 3";
    const { code, stderr } = await learn(program, scratch, script);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^learn: the command has ended, and processes of it go on/,
    );
    assert.equal(call(scratch, "mkdir")?.count, 1);
  },
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
  const script = "strace -f -o trace mkdir a; grep -c '^[0-9]* mkdir(' trace";
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

testEach(
  "on a terminal it is told how far it is, and the line is gone at the end",
  async (program) => {
    using scratch = new Scratch();
    const command = [
      ...program.command,
      ...["learn", "--output", "policy.toml", "--", "sleep", "0.5"],
    ].join(" ");
    const script: Program = { name: "script", command: ["script"] };
    const { stdout } = await run(script, ["-qec", command, "/dev/null"], {
      cwd: scratch.path,
      env: Deno.env.toObject(),
    });
    assert.match(
      stdout,
      /learn: [\d,]+ calls, \d+ different, [\d,]+ new a second, \d+ s/,
    );
    assert.ok(stdout.endsWith("\r\x1b[K"));
  },
  hasCommand("script") ? undefined : "there is no script",
);

testEach(
  "--merge does not replace a policy that has no record",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("policy.toml", "mine\n");
    const flags = ["--merge"];
    const { code, stderr } = await learn(program, scratch, "touch run", {
      flags,
    });
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(stderr, /policy\.toml exists/);
    assert.deepEqual(files(scratch), ["policy.toml"]);
  },
);

testEach("where nothing can be written no job is run", async (program) => {
  using scratch = new Scratch();
  Deno.mkdirSync(`${scratch.path}/directory.toml`);
  for (const output of ["absent/policy.toml", "directory.toml"]) {
    const args = ["learn", "--merge", "--output", output, "--", "touch", "run"];
    const { code, stderr } = await run(program, args, {
      env,
      cwd: scratch.path,
    });
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(stderr, /absent|directory/);
  }
  assert.deepEqual(files(scratch), ["directory.toml"]);
});

testEach(
  "a record that somebody else could have written is not added to",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("other", "secret of root\n", 0o600);
    Deno.symlinkSync("other", `${scratch.path}/policy.json`);
    Deno.chmodSync(`${scratch.path}/other`, 0o622);
    const flags = ["--merge"];
    const { code, stderr } = await learn(program, scratch, "touch run", {
      flags,
    });
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(stderr, /0622/);
    assert.doesNotMatch(stderr, /secret/);
  },
);

testEach(
  "what two jobs record at once is all in the record",
  async (program) => {
    using scratch = new Scratch();
    const flags = ["--merge"];
    // Each ends only when both have begun.
    const script = (mine: string, other: string) =>
      `mkdir ${mine}; until [ -d ${other} ]; do sleep 0.01; done; rmdir ${mine}.d 2>/dev/null`;
    await Promise.all([
      learn(program, scratch, script("a", "b"), { flags }),
      learn(program, scratch, script("b", "a"), { flags }),
    ]);
    assert.equal(record(scratch).stages["*"].runs.length, 2);
    assert.equal(call(scratch, "mkdir")?.count, 2);
  },
);

testEach(
  "a job goes on though what was seen of it cannot be written",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/gone/policy.toml`;
    Deno.mkdirSync(`${scratch.path}/gone`);
    const script =
      'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done';
    const child = start(program, [
      ...["learn", "--output", output, "--", "/bin/sh", "-c", script],
    ], { cwd: scratch.path, env });
    await child.stdin.close();
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    Deno.removeSync(`${scratch.path}/gone`);
    child.kill("SIGTERM");
    const { code, stderr } = await child.output();
    assert.equal(code, SYSTEM_FAILURE);
    assert.match(
      new TextDecoder().decode(stderr),
      /; the command ended with 9$/m,
    );
  },
);

testEach(
  "SIGINT once ends nothing but the job, twice both",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/policy.toml`;
    const script =
      'trap "" INT; mkdir a; echo ready; while :; do sleep 0.1; done';
    const child = start(program, [
      ...["learn", "--output", output, "--", "/bin/sh", "-c", script],
    ], { cwd: scratch.path });
    await child.stdin.close();
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    child.kill("SIGINT");
    // The first one has been heard when what is known has been written.
    while (!files(scratch).includes("policy.toml")) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill("SIGINT");
    const { code } = await child.output();
    assert.equal(code, 128 + 9);
    assert.equal(call(scratch, "mkdir")?.count, 1);
  },
);

testEach(
  "a parent that ignores signals is no trouble",
  async (program) => {
    using scratch = new Scratch();
    const ignore = '$SIG{$_} = "IGNORE" for qw(CHLD HUP); exec @ARGV';
    const wrapper = ["perl", "-e", ignore];
    const script = "kill -HUP $PPID; exit 3";
    const { code, stderr } = await learn(program, scratch, script, { wrapper });
    assert.equal(code, 3, stderr);
  },
  hasCommand("perl") ? undefined : "there is no perl",
);

testEach(
  "check --record says which recorded calls a policy would refuse",
  async (program) => {
    using scratch = new Scratch();
    const flags = ["--stage", "build_script"];
    await learn(program, scratch, "mkdir a; rmdir a", { flags });
    const config = `${scratch.path}/policy.toml`;
    const test = ["--record", `${scratch.path}/policy.json`];
    const args = ["check", "-c", config, ...test, "--json"];
    const passed = await run(program, args);
    assert.equal(passed.code, 0, passed.stdout);
    const text = Deno.readTextFileSync(config);
    Deno.writeTextFileSync(config, text.replace(/^ *"mkdir".*\n/m, ""));
    const refused = await run(program, args);
    assert.equal(refused.code, 1);
    const { stages } = JSON.parse(refused.stdout);
    const problems = stages.map((
      { stage, findings }: { stage: string; findings: { message: string }[] },
    ) => [stage, findings.map(({ message }) => message).slice(0, 1)]);
    assert.deepEqual(problems, [[
      "build_script",
      ["mkdir() on x86_64 was recorded (1 time: mkdir), and is refused: the call fails with EPERM"],
    ]]);
    // mode = "log" lets them pass, and the test asks for what is meant.
    Deno.writeTextFileSync(
      config,
      Deno.readTextFileSync(config).replace(
        "block_all",
        'mode = "log"\nblock_all',
      ),
    );
    assert.equal((await run(program, args)).code, 1);
  },
  Deno.build.arch === "x86_64" ? undefined : "the message names x86_64",
);
