import assert from "node:assert/strict";
import {
  execUnder,
  fromSource,
  hasCommand,
  hasSysAdmin,
  run,
  Scratch,
  start,
  testEach,
} from "./program.ts";

/** Refuses mkdir in the after_script; what scripts/demo shows. */
const MKDIR_PLUGIN = new URL("../plugins/mkdir.ts", import.meta.url).pathname;

/** Does what `jacamar-auth run SCRIPT STAGE` does: runs the script. */
const DRIVER = '#!/bin/sh\ncase $1 in run) exec sh "$2";; *) exit 0;; esac\n';

const READY = "ready\n";

testEach(
  "mkdir works in step_script and is refused in after_script",
  async (program) => {
    using scratch = new Scratch();
    const { path } = scratch;
    scratch.config(`validation_plugin = "${MKDIR_PLUGIN}"\n`);
    scratch.file("driver", DRIVER, 0o755);
    scratch.file("script", "mkdir made-by-job\n");
    const inStage = (stage: string) =>
      run(program, [
        "exec",
        "-c",
        "jacamar.toml",
        "--",
        "./driver",
        "run",
        "script",
        stage,
      ], {
        cwd: path,
      });
    const refused = await inStage("after_script");
    assert.match(
      refused.stderr,
      /^mkdir: cannot create directory .*: Operation not permitted\n$/,
    );
    assert.equal(refused.code, 1);
    const allowed = await inStage("step_script");
    assert.deepEqual([allowed.code, allowed.stdout, allowed.stderr], [
      0,
      "",
      "",
    ]);
    assert.ok(Deno.statSync(`${path}/made-by-job`).isDirectory);
  },
);

testEach(
  "exit codes, a signal's death and the three streams are the driver's own",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config(`validation_plugin = "${MKDIR_PLUGIN}"\n`);
    const shell = (command: string, stdin?: string) =>
      run(program, [...execUnder(config), "sh", "-c", command], {
        env: { SYSTEM_FAILURE_EXIT_CODE: "77", BUILD_FAILURE_EXIT_CODE: "78" },
        stdin,
      });
    for (const code of [0, 1, 2, 77, 255]) {
      assert.equal((await shell(`exit ${code}`)).code, code);
    }
    assert.equal((await shell("kill -KILL $$")).signal, "SIGKILL");
    const echoed = await shell("cat; echo problem >&2", "one\ntwo\n");
    assert.deepEqual([echoed.stdout, echoed.stderr], [
      "one\ntwo\n",
      "problem\n",
    ]);
  },
);

testEach(
  "a signal to the pid that the runner knows reaches the driver",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const script =
      "trap 'echo terminated; exit 9' TERM; echo ready; while :; do read line; done";
    const args = [...execUnder(config), "sh", "-c", script];
    const child = start(program, args);
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    assert.equal((await reader.read()).value, READY);
    child.kill("SIGTERM");
    await child.stdin.close();
    assert.equal((await reader.read()).value, "terminated\n");
    await reader.cancel();
    await child.stderr.cancel();
    assert.equal((await child.status).code, 9);
  },
);

testEach(
  "what a plugin prints and reads is not the driver's",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      `export function seccompExpansion() {
  console.log("noise"); console.error("noise");
  Deno.stdout.writeSync(new TextEncoder().encode("noise"));
  Deno.stdin.readSync(new Uint8Array(100));
}`,
    );
    const config = scratch.config('validation_plugin = "plugin.js"\n');
    const args = ["-c", config, "--stage", "config_exec", "--", "cat"];
    const quiet = await run(program, ["exec", ...args], { stdin: "input" });
    assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [
      0,
      "input",
      "",
    ]);
    const told = await run(program, ["exec", "-u", ...args], {
      stdin: "input",
    });
    assert.equal(told.stdout, "input");
    assert.match(told.stderr, /noise/);
  },
);

testEach(
  "plugins are .ts or .js, sync or async, with imports of their own, one after the other",
  async (program) => {
    using scratch = new Scratch();
    Deno.mkdirSync(`${scratch.path}/lib ä%20`);
    scratch.file(
      "lib ä%20/refuse.ts",
      `
    import { ActErrno, type ScmpFilter, errno, getSyscallFromName } from "jacamar-seccomp";
    export function refuse(filter: ScmpFilter, name: string): void {
      filter.addRule(getSyscallFromName(name), ActErrno.setReturnCode(errno.ENOSYS));
    }`,
    );
    scratch.file(
      "first plugin.ts",
      `
    import type { SeccompExpansion } from "jacamar-seccomp";
    import { refuse } from "./lib%20%C3%A4%2520/refuse.ts";
    export const seccompExpansion: SeccompExpansion = async (filter, stage, context) => {
      await Promise.resolve();
      if (stage !== "x" || context.stage !== "x" || context.uid !== ${Deno.uid()}) throw new Error("context");
      refuse(filter, "mkdir");
    };`,
    );
    scratch.file(
      "second.js",
      `
    export async function seccompExpansion(filter) {
      const { refuse } = await import("./lib%20%C3%A4%2520/refuse.ts");
      refuse(filter, "rmdir");
    }`,
    );
    const config = scratch.config(
      'validation_plugin = ["first plugin.ts", "second.js"]\n',
    );
    const { stderr } = await run(
      program,
      [
        "exec",
        "-u",
        "-c",
        config,
        "--stage",
        "x",
        "--",
        "sh",
        "-c",
        "mkdir a; rmdir b; ls /proc/self/stat >/dev/null",
      ],
      { cwd: scratch.path },
    );
    assert.match(
      stderr,
      /^mkdir: .*Function not implemented\nrmdir: .*Function not implemented\n$/,
    );
  },
);

testEach(
  "a plugin may replace the whole filter, defaults and all",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.ts",
      `
    import { ActAllow, ActErrno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
    export const seccompExpansion: SeccompExpansion = (filter) => {
      filter.reset(ActAllow);
      filter.addRule(getSyscallFromName("mkdir"), ActErrno.setReturnCode(28));
    };`,
    );
    const config = scratch.config(
      'block_calls = ["rmdir"]\nvalidation_plugin = "plugin.ts"\n',
    );
    const { stderr } = await run(
      program,
      [
        ...execUnder(config),
        "sh",
        "-c",
        "mkdir a; rmdir b; grep NoNewPrivs /proc/self/status >&2",
      ],
      { cwd: scratch.path },
    );
    const privs = hasSysAdmin ? 0 : 1;
    assert.match(
      stderr,
      new RegExp(
        `^mkdir: .*No space left on device\nrmdir: .*No such file or directory\nNoNewPrivs:\t${privs}\n$`,
      ),
    );
  },
);

testEach(
  "nothing that the launch needs is collected while a plugin runs",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      `export async function seccompExpansion() {
  // Enough garbage to have everything collected that can be, and to have its
  // memory used again.
  let kept = [];
  for (let round = 0; round < 60; round++) {
    kept = Array.from({ length: 2000 }, () => new Uint8Array(64).fill(0x58));
    await null;
  }
  globalThis.gc?.();
}`,
    );
    const config = scratch.config('validation_plugin = "plugin.js"\n');
    const collecting = program === fromSource
      ? {
        ...program,
        command: program.command.toSpliced(2, 0, "--v8-flags=--expose-gc"),
      }
      : program;
    const words = Array.from(
      { length: 50 },
      (_, index) => `argument-${index}-é`,
    );
    const { code, stdout } = await run(
      collecting,
      [...execUnder(config), "printf", "%s\\n", ...words],
    );
    assert.deepEqual([code, stdout], [
      0,
      words.map((word) => `${word}\n`).join(""),
    ]);
  },
);

testEach(
  "without a filter only where the configuration says so, and the system log tells",
  async (program) => {
    using scratch = new Scratch();
    const log = `${scratch.path}/system.log`;
    const config = scratch.config(
      `disabled = true\n[auth.logging]\nenabled = true\nlocation = "${log}"\n`,
    );
    const { stdout } = await run(
      program,
      [...execUnder(config), "grep", "Seccomp:", "/proc/self/status"],
    );
    assert.equal(stdout, "Seccomp:\t0\n");
    const record = JSON.parse(Deno.readTextFileSync(log));
    assert.equal(record.level, "warn");
    assert.match(record.msg, /^seccomp is disabled/);
  },
);

testEach(
  "an empty configuration still refuses terminal injection",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.file("jacamar.toml", "");
    const { stdout } = await run(
      program,
      [...execUnder(config), "grep", "Seccomp:", "/proc/self/status"],
    );
    assert.equal(stdout, "Seccomp:\t2\n");
  },
);

testEach(
  "a plugin's path means what the kernel takes it for",
  async (program) => {
    using scratch = new Scratch();
    const { path } = scratch;
    for (
      const folder of ["etc", "etc/plugins", "opt", "opt/conf", "opt/plugins"]
    ) {
      Deno.mkdirSync(`${path}/${folder}`);
    }
    Deno.symlinkSync("../opt/conf", `${path}/etc/current`);
    scratch.file(
      "opt/conf/jacamar.toml",
      '[auth.seccomp]\nvalidation_plugin = "../plugins/p.js"\n',
    );
    scratch.file(
      "opt/plugins/p.js",
      'export function seccompExpansion() { throw new Error("right"); }',
    );
    scratch.file(
      "etc/plugins/p.js",
      'export function seccompExpansion() { throw new Error("wrong"); }',
    );
    const { stderr } = await run(
      program,
      [
        "exec",
        "-u",
        "-c",
        `${path}/etc/current/jacamar.toml`,
        "--stage",
        "x",
        "--",
        "true",
      ],
    );
    assert.match(stderr, /plugin error: right/);
  },
);

/** Runs a command with a standard error whose reader is gone, and prints its status. */
const NOBODY_READS = `
  pipe(my $reader, my $writer) or die;
  close($reader);
  if (!fork) { open(STDERR, ">&", $writer); exec @ARGV; }
  wait;
  print $? & 127 ? "signal" : $? >> 8, "\\n";`;

testEach(
  "a job log that nobody reads any more changes no exit code",
  async (program) => {
    using scratch = new Scratch();
    const binary = scratch.file("binary", "\x7fELF, it says", 0o755);
    const config = scratch.config();
    const { stdout } = await run(
      program,
      [...execUnder(config), binary],
      { wrapper: ["perl", "-e", NOBODY_READS] },
    );
    assert.equal(stdout, "2\n");
  },
  hasCommand("perl") ? undefined : "needs perl",
);

testEach(
  "a plugin that is stuck ends by its time even where nobody takes its last words",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      "export function seccompExpansion() { for (;;); }",
    );
    const config = scratch.config(
      'validation_plugin = "plugin.js"\nplugin_timeout = "300ms"\n',
    );
    // A pipe that is full, with a reader that does not read: writing to it blocks.
    const full = `
    $^F = 100; # descriptors up to this one are inherited
    pipe(my $reader, my $writer) or die;
    fcntl($writer, 4, 2048); 1 while defined syswrite($writer, "x" x 4096);
    fcntl($writer, 4, 0);
    open(STDERR, ">&", $writer) or die;
    exec @ARGV;`;
    const { code, signal } = await run(
      program,
      [...execUnder(config), "true"],
      { wrapper: ["perl", "-e", full] },
    );
    assert.deepEqual([code, signal], [2, null]);
  },
  hasCommand("perl") ? undefined : "needs perl",
);

testEach(
  "standard error that cannot be written is no reason to refuse a job",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config(`validation_plugin = "${MKDIR_PLUGIN}"\n`);
    const { code, stdout } = await run(
      program,
      [...execUnder(config), "echo", "driver"],
      { wrapper: ["sh", "-c", '"$@" 2</dev/null', "sh"] },
    );
    assert.deepEqual([code, stdout], [0, "driver\n"]);
  },
);
