import assert from "node:assert/strict";
import {
  call,
  env,
  files,
  learn,
  record,
  SYSTEM_FAILURE,
} from "./learn_run.ts";
import { run, Scratch, testEach } from "./program.ts";

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
