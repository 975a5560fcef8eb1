import assert from "node:assert/strict";
import { type Attack, Scene } from "./attack.ts";
import {
  byPlugin,
  type Hostile,
  onDriver,
  writePlugin,
} from "./attack_plugin.ts";
import { run } from "./program.ts";

/** What reaches descriptors that are not its own, and changes what they are. */
const BY_NUMBER: Readonly<Record<string, Hostile>> = {
  "taken over": {
    imports: 'import net from "node:net";',
    does: `
  for (let fd = 0; fd < 64; fd++) {
    try {
      const socket = new net.Socket({ fd });
      socket.on("error", () => {});
      socket.write("noise");
    } catch { /* not that one */ }
  }
  await new Promise((done) => setTimeout(done, 100));`,
  },
  "read, written and closed": {
    imports: 'import fs from "node:fs";',
    does: `
  for (let fd = 0; fd < 64; fd++) {
    for (const call of [
      () => fs.writeSync(fd, "noise"), () => fs.readSync(fd, new Uint8Array(9)),
      () => fs.fchmodSync(fd, 0o777), () => fs.ftruncateSync(fd), () => fs.closeSync(fd),
    ]) {
      try { call(); } catch { /* refused */ }
    }
  }`,
  },
  "written by a terminal": {
    imports: 'import tty from "node:tty";',
    does:
      'for (let fd = 0; fd < 64; fd++) try { new tty.WriteStream(fd).write("noise"); } catch { /* none */ }',
  },
  "taken by a worker": {
    imports: 'import { Worker } from "node:worker_threads";',
    does: `
  const worker = new Worker("setInterval(() => {}, 1);", { eval: true });
  await new Promise((done) => worker.once("online", done));`,
  },
};

/** What a plugin might do to be what is executed, or to change how. */
export const driverAttacks: readonly Attack[] = [
  onDriver(
    "arguments and environment, as JavaScript has them, are changed",
    `
  const mutate = (list) => {
    try { list.length = 0; } catch { /* frozen */ }
    try { list.push("/bin/false", "--", "/bin/false"); } catch { /* frozen */ }
  };
  mutate(Deno.args); mutate(process.argv); mutate(process.execArgv);
  for (const name of ["PATH", "LD_PRELOAD", "CUSTOM_ENV_A"]) {
    try { Deno.env.set(name, "hostile"); } catch { /* refused */ }
    try { process.env[name] = "hostile"; } catch { /* refused */ }
    try { delete process.env[name]; } catch { /* refused */ }
  }
  try { process.title = "/bin/false"; process.argv0 = "/bin/false"; } catch { /* refused */ }`,
  ),
  onDriver(
    "current directory and umask are changed",
    `
  for (const change of [
    () => Deno.chdir("/"), () => process.chdir("/"),
    () => Deno.umask(0o777), () => process.umask(0o777),
  ]) {
    try { change(); } catch { /* refused */ }
  }`,
  ),
  onDriver("it becomes somebody else", {
    imports: 'import os from "node:os";',
    does: `
  for (const change of [
    () => process.setuid(4242), () => process.setgid(4242),
    () => process.setgroups([4242]), () => process.seteuid(4242),
    () => os.setPriority(19), () => process.initgroups("nobody", 4242),
  ]) {
    try { change(); } catch { /* refused */ }
  }`,
  }),
  onDriver("the descriptors are had from the innards of node:net", {
    does: `
  for (const [module, kind] of [["pipe_wrap", "Pipe"], ["tcp_wrap", "TCP"], ["tty_wrap", "TTY"]]) {
    try {
      const { [kind]: Handle } = process.binding(module);
      for (let fd = 0; fd < 64; fd++) {
        try { const handle = new Handle(0); handle.open(fd); handle.readStart(); } catch { /* refused */ }
      }
    } catch { /* there is none */ }
  }
  await new Promise((done) => setTimeout(done, 50));`,
  }),
  onDriver("signals that the runner ignores are listened for", {
    wrapper: ["sh", "-c", 'trap "" HUP USR1; exec "$@"', "sh"],
    does: `
  for (const signal of ["SIGHUP", "SIGUSR1", "SIGTERM", "SIGPIPE"]) {
    try { Deno.addSignalListener(signal, () => {}); } catch { /* refused */ }
    process.on(signal, () => {});
  }`,
  }),
  onDriver("a signal is listened for, and no more", {
    wrapper: ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"],
    does: `
  const listener = () => {};
  Deno.addSignalListener("SIGHUP", listener);
  Deno.removeSignalListener("SIGHUP", listener);`,
  }),
  onDriver("Deno's own functions are replaced", {
    does: `
  const take = (object) => {
    for (const key of Reflect.ownKeys(object)) {
      try { object[key] = () => { throw new Error("mine"); }; } catch { /* refused */ }
    }
  };
  take(Deno.permissions); take(Deno.UnsafePointer); take(Deno);
  globalThis.Deno = undefined;`,
  }),
  byPlugin(
    "P1",
    "Deno's name leads to the plugin once it has returned",
    {
      does: `
  Object.defineProperty(globalThis, "Deno", { get() {
    console.log("READ LATER");
    return undefined;
  } });`,
      keys:
        '[auth.logging]\nenabled = true\nlevel = "debug"\nlocation = "FOLDER/log"\n',
    },
    ({ stderr }) => assert.doesNotMatch(stderr, /READ LATER/),
    (scene) => {
      const config = Deno.readTextFileSync(`${scene.path}/jacamar.toml`);
      scene.file("jacamar.toml", config.replaceAll("FOLDER", scene.path));
    },
  ),
  onDriver(
    "the runtime's innards are sought and used",
    `
  for (const innards of [Deno[Deno.internal], globalThis[Symbol.for("Deno.internal")], globalThis.__bootstrap]) {
    const core = innards?.core;
    try { core.print("noise", false); } catch { /* there is none */ }
    try { core.setPromiseHooks(() => core.print("noise"), () => {}, () => {}, () => {}); } catch { /* likewise */ }
    try { core.evalContext("Deno.exit(0)", "file:///x.js"); } catch { /* likewise */ }
    for (let rid = 0; rid < 16; rid++) {
      try { core.writeSync(rid, new Uint8Array(5)); core.close(rid); } catch { /* likewise */ }
    }
    for (const op of Object.values(core?.ops ?? {})) {
      try { op(0, 0, 0, 0); } catch { /* likewise */ }
    }
  }`,
  ),
  ...Object.entries(BY_NUMBER).map(([name, hostile]) =>
    byPlugin(
      "P1",
      `the descriptors are ${name} by number`,
      hostile,
      /which a plugin may not have/,
    )
  ),
  {
    promise: "P10",
    name: "everything that prints prints, and what there is to read is read",
    async attack(program) {
      using scene = new Scene();
      scene.file("driver", "#!/bin/cat\n", 0o755);
      writePlugin(scene, {
        does: `
  const noise = new TextEncoder().encode("noise");
  for (const print of [
    () => console.log("noise"), () => console.error("noise"), () => console.table([1]),
    () => process.stdout.write("noise"), () => process.stderr.write("noise"),
    () => Deno.stdout.writeSync(noise), () => Deno.stderr.writeSync(noise),
    () => process._rawDebug("noise"), () => process.emitWarning("noise"),
    () => alert("noise"), () => confirm("noise"), () => prompt("noise"),
    () => reportError("noise"), () => Deno.stdin.readSync(new Uint8Array(99)),
    () => process.stdin.read(), () => process.stdin.resume(),
  ]) {
    try { print(); } catch { /* refused */ }
  }
  await Deno.stdin.read(new Uint8Array(99));`,
      });
      for (const flags of [[], ["-u"]]) {
        const { stdout, stderr, code } = await run(program, [
          ...["exec", ...flags, "-c", `${scene.path}/jacamar.toml`],
          ...["--stage", "x", "--", "/bin/cat"],
        ], { stdin: "input", env: { SYSTEM_FAILURE_EXIT_CODE: "77" } });
        if (code === 0) assert.equal(stdout, "input");
        else assert.deepEqual([code, stdout], [77, ""]);
        if (flags.length === 0 && code === 0) assert.equal(stderr, "");
      }
    },
  },
  byPlugin(
    "P10",
    "it prints after it has returned, until there is nothing to print with",
    `
  const print = () => { console.log("noise"); queueMicrotask(() => console.log("noise")); };
  setInterval(print, 0);
  addEventListener("unload", print); addEventListener("beforeunload", print);
  process.on("exit", print); process.on("beforeExit", print);`,
    ({ stdout }) => assert.doesNotMatch(stdout, /noise/),
  ),
  byPlugin("P10", "a message of a failure drives no terminal", {
    does: 'throw new Error("\\u001b[2J\\u0007\\nsecond line\\u2028third");',
  }, ({ stderr }) => {
    assert.match(stderr, /second line/);
    // `\p{Cc}` is the control characters; one line, and nothing behind it.
    assert.doesNotMatch(stderr.trimEnd(), /[\p{Cc}\u2028]/u);
  }),
];
