/**
 * Jobs that are cancelled while they are started (J5).
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertClosed, type Attack, Scene, SYSTEM_FAILURE } from "./attack.ts";
import { compiled, hasCommand, type Program, run, start } from "./program.ts";

/** How many moments of a start are tried, and as many after it. */
const MOMENTS = 10;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * A driver that says that it runs, and waits. A launch has a process group of
 * its own, which is empty when everything is gone.
 */
class CancelScene extends Scene {
  readonly temporary = `${this.path}/tmp`;
  readonly waiting = this.file(
    "waiting",
    `#!/bin/sh\n: >${this.marker}\ntrap 'exit 9' TERM INT HUP\n` +
      "echo ready\nwhile read line; do :; done\nexit 8\n",
    0o755,
  );
  constructor(plugin = "export const seccompExpansion = () => {};") {
    super();
    // No plugin ends by its time before it is told to end.
    this.plugin(plugin, 'plugin_timeout = "10m"\n');
    Deno.mkdirSync(this.temporary);
  }

  get args(): string[] {
    return [
      "exec",
      "-c",
      `${this.path}/jacamar.toml`,
      "--stage",
      "x",
      "--",
      this.waiting,
    ];
  }

  get env(): Record<string, string> {
    return {
      SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}`,
      TMPDIR: this.temporary,
    };
  }

  /** Starts a launch that leads a session, and with it a process group. */
  start(program: Program): Deno.ChildProcess {
    return start(program, this.args, { env: this.env, wrapper: ["setsid"] });
  }

  /** The files there are, but for the driver's mark. */
  inventory(): string[] {
    return [this.path, this.temporary].flatMap((folder) =>
      [...Deno.readDirSync(folder)].map(({ name }) => name)
    ).filter((name) => name !== "driver-was-run").sort();
  }
}

/** Reads a stream to its end. */
function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

/** How long it takes until the driver runs, in milliseconds. */
async function timeOfStart(program: Program): Promise<number> {
  using scene = new CancelScene();
  const before = performance.now();
  const child = scene.start(program);
  const reader = child.stdout.getReader();
  await reader.read();
  const time = performance.now() - before;
  child.kill("SIGTERM");
  await reader.cancel();
  await Promise.all([child.stdin.close(), child.stderr.cancel(), child.status]);
  return time;
}

/** Whether a process of a group is left. */
function isLeft(group: number): boolean {
  try {
    Deno.kill(-group, "SIGCONT");
    return true;
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound, String(error));
    return false;
  }
}

/** Starts a launch, sends it a signal and sees what is left. */
async function cancel(
  program: Program,
  signal: Deno.Signal,
  moment: (stdout: ReadableStreamDefaultReader<Uint8Array>) => Promise<unknown>,
  plugin?: string,
): Promise<void> {
  using scene = new CancelScene(plugin);
  const before = scene.inventory();
  const child = scene.start(program);
  const [early, late] = child.stdout.tee();
  const reader = early.getReader();
  const stdout = text(late);
  const stderr = text(child.stderr);
  await moment(reader);
  child.kill(signal);
  const status = await child.status;
  await Promise.all([reader.cancel(), child.stdin.close()]);
  // Where the driver was, it was told, and ended as it wanted to or before it
  // could want; where it was not, nothing but the signal or a failure ended it.
  const isDriversEnd = scene.wasRun && status.code === 9 && !status.signal;
  if (!isDriversEnd && status.signal !== signal) {
    assertClosed(scene, {
      ...status,
      stdout: await stdout,
      stderr: await stderr,
    });
  }
  if (!scene.wasRun) assert.equal(await stdout, "");
  assert.equal(isLeft(child.pid), false, "a process is left");
  assert.deepEqual(scene.inventory(), before);
  await Promise.all([stdout, stderr]);
}

/**
 * Where `deno run` is slow to start, it has these signals for a thread of its own
 * before `exec` takes them back: one that comes just before execve may be lost.
 */
const programs = [compiled];

const missing = hasCommand("setsid") ? undefined : "needs setsid";

/** System calls at which strace sends the signal: the how manieth of a thread. */
const CALLS: readonly (readonly [name: string, which: number])[] = [
  ["openat", 1],
  ["openat", 20],
  ["mmap", 30],
  ["read", 10],
  ["memfd_create", 1], // libseccomp writes the program
  ["timer_create", 1], // the plugin's deadline is made
  ["unshare", 1], // the plugin is done
  ["seccomp", 1], // the probe before the load
  ["seccomp", 2], // the load
  ["execve", 1], // of the driver: strace does not count its own
];

export const cancelAttacks: readonly Attack[] = [
  ...SIGNALS.map((signal): Attack => ({
    promise: "J5",
    name:
      `${signal} at ${MOMENTS} moments from the start on to the driver's run`,
    missing,
    programs,
    async attack(program) {
      const time = await timeOfStart(program);
      for (let index = 0; index < MOMENTS; index++) {
        const delay = 1.2 * time * index / (MOMENTS - 1);
        await cancel(
          program,
          signal,
          () => new Promise((done) => setTimeout(done, delay)),
        );
      }
    },
  })),
  {
    promise: "J5",
    name: "a signal when the driver runs",
    missing,
    async attack(program) {
      for (const signal of SIGNALS) {
        await cancel(program, signal, (stdout) => stdout.read());
      }
    },
  },
  {
    promise: "J5",
    name: "a signal while a plugin is in an endless loop, or waits",
    missing,
    async attack(program) {
      const plugins = [
        "export const seccompExpansion = () => { for (;;); };",
        "export const seccompExpansion = () => new Promise((done) => setTimeout(done, 60_000));",
      ];
      const time = await timeOfStart(program);
      for (const plugin of plugins) {
        await cancel(
          program,
          "SIGTERM",
          () => new Promise((done) => setTimeout(done, 2 * time)),
          plugin,
        );
      }
    },
  },
  {
    promise: "J5",
    name:
      `SIGTERM at ${CALLS.length} system calls, with the load and execve among them`,
    missing: hasCommand("strace") ? undefined : "needs strace",
    programs,
    async attack(program) {
      for (const [call, which] of CALLS) {
        using scene = new CancelScene();
        const before = scene.inventory();
        const result = await run(program, scene.args, {
          env: scene.env,
          wrapper: [
            ...[
              "strace",
              "-f",
              "-qq",
              "-o",
              "/dev/null",
              "-e",
              `trace=${call}`,
            ],
            ...["-e", `inject=${call}:signal=SIGTERM:when=${which}`],
          ],
        });
        assert.equal(result.signal, "SIGTERM", `${call}: ${result.stderr}`);
        assert.equal(scene.wasRun, false, call);
        assert.deepEqual(scene.inventory(), before);
      }
    },
  },
];
