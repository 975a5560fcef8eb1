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
    const script =
      'trap "exit 9" TERM; mkdir a; echo ready; while :; do sleep 1; done';
    const { child } = await startLearning(program, scratch, script);
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
    // The second process is no child of the recorder: its calls fail.
    const script =
      "(while :; do /bin/true; done) & echo $$ $!; while :; do sleep 0.01; done";
    const { child, said } = await startLearning(program, scratch, script);
    child.kill("SIGKILL");
    // It ends as soon as nobody has the pipes any more.
    await child.output();
    // A process closes its descriptors before it is a zombie.
    for (const pid of said.split(" ")) {
      while (!hasEnded(Number(pid))) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    assert.deepEqual(files(scratch), []);
  },
);

/** Whether a process is none any more, or a zombie that nobody waits for. */
function hasEnded(pid: number): boolean {
  return /[XZ]/.test(readProcessStatus(pid)?.state ?? "X");
}

testEach(
  "processes that the command leaves running are recorded, and told of",
  async (program) => {
    using scratch = new Scratch();
    const script =
      "(until [ -e told ]; do sleep 0.01; done; mkdir late) & echo left; exit 3";
    const { child } = await startLearning(program, scratch, script);
    const stderr = child.stderr.getReader();
    assert.match(
      new TextDecoder().decode((await stderr.read()).value),
      /^learn: the command has ended, and processes of it go on/,
    );
    stderr.releaseLock();
    scratch.file("told", "");
    assert.equal((await child.output()).code, 3);
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
    Deno.mkdirSync(`${scratch.path}/gone`);
    const script =
      'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done';
    const { child } = await startLearning(
      program,
      scratch,
      script,
      "gone/policy.toml",
    );
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
    const script =
      'trap "" INT; mkdir a; echo ready; while :; do sleep 0.1; done';
    const { child } = await startLearning(program, scratch, script);
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
