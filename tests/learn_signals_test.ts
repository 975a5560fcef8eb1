import assert from "node:assert/strict";
import { readProcessStatus } from "../src/libc/process_status.ts";
import {
  call,
  files,
  learn,
  startLearning,
  SYSTEM_FAILURE,
} from "./learn_run.ts";
import { hasCommand, type Program, run, Scratch, testEach } from "./program.ts";

testEach(
  "SIGTERM reaches the job, and what was seen is written",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/policy.toml`;
    const script =
      'trap "exit 9" TERM; mkdir a; echo ready; while :; do sleep 1; done';
    const { child } = await startLearning(program, output, script);
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
    const { child, said } = await startLearning(program, output, script);
    child.kill("SIGKILL");
    // It ends as soon as nobody has the pipes any more.
    await child.output();
    for (const pid of said.split(" ")) {
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
  "a job goes on though what was seen of it cannot be written",
  async (program) => {
    using scratch = new Scratch();
    const output = `${scratch.path}/gone/policy.toml`;
    Deno.mkdirSync(`${scratch.path}/gone`);
    const script =
      'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done';
    const { child } = await startLearning(program, output, script);
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
    const { child } = await startLearning(program, output, script);
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
