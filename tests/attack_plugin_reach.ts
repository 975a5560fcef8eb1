import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { byPlugin, type Outcome } from "./attack_plugin.ts";
import { compiled } from "./program.ts";

/**
 * What may be tried and must not be done. A source tree keeps the permission to
 * read, and JavaScript made of texts: there only that the job runs under its
 * filter or not at all is promised.
 */
const NOT_DONE: Outcome = ({ stderr }, program) => {
  if (program === compiled) assert.doesNotMatch(stderr, /DONE/);
};
const NEVER_DONE: Outcome = ({ stderr }) => assert.doesNotMatch(stderr, /DONE/);

/** Tries each in its turn; says which of them were done. */
function tryAll(...ways: readonly string[]): string {
  return `
  for (const way of [
    ${ways.map((way) => `async () => ${way},`).join("\n    ")}
  ]) {
    try { const done = await way(); console.log("DONE", String(way), done); } catch { /* refused */ }
  }`;
}

const OS = 'import os from "node:os";';

/** What a plugin might reach beside the filter. */
export const reachAttacks: readonly Attack[] = [
  byPlugin("P8", "it reads files", {
    imports: OS,
    does: tryAll(
      'Deno.readTextFile("/etc/passwd")',
      'Deno.openSync("/etc/passwd").close()',
      'Deno.readDirSync("/").next().value.name',
      'Deno.statSync("/etc")',
      'fetch("file:///etc/passwd").then((response) => response.text())',
      'process.loadEnvFile("/etc/os-release")',
      "[...Deno.readDirSync('/proc/self/fd')].length",
    ),
  }, NOT_DONE),
  byPlugin("P8", "it writes files", {
    does: tryAll(
      'Deno.writeTextFile("FOLDER/made-by-plugin", "")',
      'Deno.mkdirSync("FOLDER/made-by-plugin")',
      'Deno.symlinkSync("/", "FOLDER/made-by-plugin")',
      "Deno.makeTempFileSync()",
      'localStorage.setItem("a", "b")',
      'caches.open("a")',
      'Deno.chmodSync("FOLDER/driver", 0o777)',
      'Deno.removeSync("FOLDER/driver")',
    ),
  }, (result, _program, scene) => {
    assert.doesNotMatch(result.stderr, /DONE/);
    assert.throws(() => Deno.statSync(`${scene.path}/made-by-plugin`));
  }),
  byPlugin("P8", "it speaks to others", {
    imports: OS,
    does: tryAll(
      "Deno.connect({ port: 1 })",
      "Deno.listen({ port: 0 })",
      'Deno.connect({ transport: "unix", path: "/dev/log" })',
      'Deno.resolveDns("localhost", "A")',
      'fetch("http://127.0.0.1:8000/").catch((error) => { if (/net access/.test(error.message)) throw error; return error.message; })',
      'new WebSocket("ws://127.0.0.1:8000/")',
      "Deno.serve({ port: 0 }, () => {})",
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it reads and changes the environment", {
    imports: OS,
    does: tryAll(
      'Deno.env.get("PATH")',
      "Deno.env.toObject()",
      'Deno.env.set("PATH", "")',
      "process.env.PATH.length",
      "Object.keys(process.env)[0].length",
      "os.homedir()",
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it runs programs", {
    imports: OS,
    does: tryAll(
      'new Deno.Command("true").outputSync()',
      'Deno.kill(Deno.ppid, "SIGCONT")',
      "process.kill(process.ppid, 0)",
      'process.execve("/bin/true", ["true"], {}) ?? Promise.reject()',
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it runs native code", {
    imports: OS,
    does: tryAll(
      'Deno.dlopen("libc.so.6", {})',
      'Deno.dlopen("libseccomp.so.2", { seccomp_load: { parameters: ["pointer"], result: "i32" } })',
      "Deno.UnsafePointer.of(new Uint8Array(8))",
      "Deno.UnsafePointer.create(1n)",
      'new Deno.UnsafeCallback({ parameters: [], result: "void" }, () => {})',
      'process.dlopen({ exports: {} }, "libc.so.6")',
      'process.binding("fs")',
      "navigator.gpu.requestAdapter()",
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it asks about the system", {
    imports: OS,
    does: tryAll(
      "Deno.hostname()",
      "Deno.networkInterfaces()",
      "Deno.loadavg()",
      "Deno.osUptime()",
      "os.cpus()[0].model",
      "os.userInfo()",
      "Deno.uid()",
    ),
  }, NEVER_DONE),
  byPlugin(
    "P8",
    "it asks for permissions, and is neither asked about nor given any",
    `
  for (const name of ["read", "write", "net", "env", "run", "ffi", "sys", "import"]) {
    const { state } = await Deno.permissions.request({ name });
    const again = Deno.permissions.requestSync({ name, path: "/", command: "true", kind: "hostname" }).state;
    if (name !== "read" && (state === "granted" || again === "granted")) console.log("DONE", name);
    if (name === "read" && Deno.build.standalone && state === "granted") console.log("DONE", name);
  }`,
    ({ stderr }) => assert.doesNotMatch(stderr, /DONE|Allow\?|requests/),
  ),
  byPlugin(
    "P8",
    "it has a worker that may more",
    `
  for (const permissions of ["inherit", "none"]) {
    try {
      new Worker("data:text/javascript,", { type: "module", deno: { permissions } });
      console.log("DONE");
    } catch { /* there is none */ }
  }`,
    NEVER_DONE,
  ),
];
