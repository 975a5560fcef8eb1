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

const NODE = [
  'import fs from "node:fs";',
  'import os from "node:os";',
  'import net from "node:net";',
  'import dns from "node:dns/promises";',
  'import vm from "node:vm";',
  'import { createRequire } from "node:module";',
  'import { execFileSync, spawnSync } from "node:child_process";',
  'import { Worker } from "node:worker_threads";',
  "const settle = (emitter) => new Promise((done, fail) => emitter.on('error', fail).on('exit', done).on('connect', done).on('listening', done));",
].join("\n");

const ECHO = 'console.log("DO" + "NE, imported");';

/** What a plugin might reach beside the filter. */
export const reachAttacks: readonly Attack[] = [
  byPlugin("P8", "it reads files", {
    imports: NODE,
    does: tryAll(
      'Deno.readTextFile("/etc/passwd")',
      'Deno.openSync("/etc/passwd").close()',
      'fs.readFileSync("/etc/passwd", "utf8")',
      'fs.promises.readFile("/etc/passwd")',
      'Deno.readDirSync("/").next().value.name',
      'Deno.statSync("/etc")',
      'fetch("file:///etc/passwd").then((response) => response.text())',
      'createRequire("/")("/etc/passwd")',
      "[...Deno.readDirSync('/proc/self/fd')].length",
    ),
  }, NOT_DONE),
  byPlugin("P8", "it writes files", {
    imports:
      `${NODE}\nimport v8 from "node:v8";\nimport { DatabaseSync } from "node:sqlite";`,
    does: tryAll(
      'Deno.writeTextFile("FOLDER/made-by-plugin", "")',
      'Deno.mkdirSync("FOLDER/made-by-plugin")',
      'Deno.symlinkSync("/", "FOLDER/made-by-plugin")',
      'fs.writeFileSync("FOLDER/made-by-plugin", "")',
      "Deno.makeTempFileSync()",
      'v8.writeHeapSnapshot("FOLDER/made-by-plugin")',
      'new DatabaseSync("FOLDER/made-by-plugin")',
      `new DatabaseSync(":memory:").exec("VACUUM INTO 'FOLDER/made-by-plugin'")`,
      `new DatabaseSync(":memory:").exec("ATTACH 'FOLDER/made-by-plugin' AS a; CREATE TABLE a.b (c)")`,
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
    imports: NODE,
    does: tryAll(
      "Deno.connect({ port: 1 })",
      "Deno.listen({ port: 0 })",
      'Deno.connect({ transport: "unix", path: "/dev/log" })',
      'Deno.resolveDns("localhost", "A")',
      'fetch("http://127.0.0.1:8000/").catch((error) => { if (/net access/.test(error.message)) throw error; return error.message; })',
      'settle(net.connect(1, "127.0.0.1"))',
      "settle(net.createServer().listen(0))",
      'dns.lookup("localhost")',
      'new WebSocket("ws://127.0.0.1:8000/")',
      "Deno.serve({ port: 0 }, () => {})",
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it reads and changes the environment", {
    imports: NODE,
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
    imports: NODE,
    does: tryAll(
      'new Deno.Command("true").outputSync()',
      'execFileSync("true")',
      'new Promise((done, fail) => { const { error } = spawnSync("true"); error ? fail(error) : done(); })',
      'Deno.kill(Deno.ppid, "SIGCONT")',
      "process.kill(process.ppid, 0)",
      'process.execve("/bin/true", ["true"], {}) ?? Promise.reject()',
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it runs native code", {
    imports: NODE,
    does: tryAll(
      'Deno.dlopen("libc.so.6", {})',
      'Deno.dlopen("libseccomp.so.2", { seccomp_load: { parameters: ["pointer"], result: "i32" } })',
      "Deno.UnsafePointer.of(new Uint8Array(8))",
      "Deno.UnsafePointer.create(1n)",
      'new Deno.UnsafeCallback({ parameters: [], result: "void" }, () => {})',
      'process.dlopen({ exports: {} }, "libc.so.6")',
      'createRequire("/")("/lib/a.node")',
      "navigator.gpu.requestAdapter()",
    ),
  }, NEVER_DONE),
  byPlugin("P8", "it asks about the system", {
    imports: NODE,
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
  byPlugin("P8", "it has a worker that may more", {
    imports: NODE,
    does: `
  const code = \`
    const ways = [
      () => Deno.dlopen("libc.so.6", {}), () => Deno.writeTextFileSync("FOLDER/made-by-plugin", ""),
      () => new Deno.Command("true").outputSync(), () => Deno.env.get("PATH"), () => Deno.listen({ port: 0 }),
    ];
    for (const way of ways) try { way(); console.log("DONE", String(way)); } catch {}\`;
  await settle(new Worker(code, { eval: true }));
  try { new globalThis.Worker("data:text/javascript,", { type: "module", deno: { permissions: "inherit" } }); console.log("DONE"); } catch { /* there is none */ }`,
  }, NEVER_DONE),

  ...["https://example.com/a.js", "npm:chalk", "jsr:@std/path", "chalk", "fs"]
    .flatMap((specifier) => [
      byPlugin("P9", `it imports ${specifier}`, {
        imports: `import ${JSON.stringify(specifier)};`,
        does: "",
      }, /a plugin can import only files/),
      byPlugin(
        "P9",
        `it imports ${specifier} when it is called`,
        `await import(${JSON.stringify(specifier)});`,
        /a plugin can import only files/,
      ),
    ]),
  ...["data:text/javascript,0", "blob:null/0", "http:a", "ext:core/mod.js"]
    .map((specifier) =>
      byPlugin("P9", `it exports from ${specifier}`, {
        imports: `export * from ${JSON.stringify(specifier)};`,
        does: "",
      }, /a plugin can import only files/)
    ),
  byPlugin(
    "P9",
    "it imports by a name that is put together",
    'const name = "./evil"; await import(name + ".js");',
    /must name its module by a plain text/,
    evil,
  ),
  byPlugin(
    "P9",
    "it imports by a name in a template",
    'await import(`./evil${".js"}`);',
    /must name its module by a plain text/,
    evil,
  ),
  byPlugin(
    "P9",
    "it imports by code that is made of a text",
    {
      imports: NODE,
      does: tryAll(
        `eval("imp" + "ort('FOLDER/evil.js')")`,
        `(0, eval)("imp" + "ort('FOLDER/evil.js')")`,
        `new Function("return imp" + "ort('FOLDER/evil.js')")()`,
        `(async () => {}).constructor("return imp" + "ort('FOLDER/evil.js')")()`,
        `vm.runInThisContext("imp" + "ort('FOLDER/evil.js')")`,
        `new vm.Script("imp" + "ort('FOLDER/evil.js')", { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }).runInThisContext()`,
        `Deno[Deno.internal].core.evalContext("imp" + "ort('FOLDER/evil.js')", "file:///x.js")[0]`,
      ),
    },
    NOT_DONE,
    evil,
  ),
  byPlugin(
    "P9",
    "it requires",
    {
      imports: NODE,
      does: tryAll(
        'createRequire("FOLDER/")("./evil.js")',
        'process.getBuiltinModule("node:module").createRequire("FOLDER/")("./evil.js")',
        'process.mainModule.require("FOLDER/evil.js")',
        'require("FOLDER/evil.js")',
      ),
    },
    NOT_DONE,
    evil,
  ),
  byPlugin("P9", "it has the runtime resolve for it", {
    imports: 'import * as module from "node:module";',
    does: `
  try {
    module.registerHooks({ resolve: (_, context) => ({ url: "file://FOLDER/evil.js", shortCircuit: true }) });
    module.register("FOLDER/evil.js");
  } catch { /* there is none, or it is refused */ }
  await import("./harmless.js");`,
  }, () => {
    // Who does that loads what was not looked at, and gains nothing by it.
  }, (scene) => {
    evil(scene);
    scene.file("harmless.js", "");
  }),
  byPlugin(
    "P9",
    "it imports what is no JavaScript",
    {
      imports: 'import "./odd.js";',
      does: "",
    },
    /could not tell what .*odd\.js imports/,
    (scene) => {
      scene.file("odd.js", "import(`); /* \u0000 */ `${`");
    },
  ),
  byPlugin(
    "P9",
    "what it imports may be changed by others",
    { imports: 'import "./evil.js";', does: "" },
    /evil\.js may be changed by everybody \(mode 0666\)/,
    (scene) => {
      evil(scene);
      Deno.chmodSync(`${scene.path}/evil.js`, 0o666);
    },
  ),
];

/** A module that tells when it is imported. */
function evil(scene: { file(name: string, content: string): string }): void {
  scene.file("evil.js", `${ECHO}\nexport default 1;\n`);
}
