import assert from "node:assert/strict";
import { NODE_MODULES } from "../src/plugin/node_modules.ts";
import { assertClosed, assertFiltered, type Attack, Scene } from "./attack.ts";
import { byPlugin, type Outcome } from "./attack_plugin.ts";
import { compiled, type Program } from "./program.ts";

/** From source, JavaScript can be made of texts. */
const NOT_DONE: Outcome = ({ stderr }, program) => {
  if (program === compiled) assert.doesNotMatch(stderr, /DONE/);
};

/** Tells when it is imported, in a way that the importer's text does not. */
const EVIL = 'console.log("DO" + "NE, imported");\nexport default 1;\n';

/** A module that tells when it is imported. */
function evil(scene: Scene): void {
  scene.file("evil.js", EVIL);
}

/** What of Node.js loads code, has descriptors or runs beside this program. */
const WITHHELD: readonly string[] = [
  "vm module process worker_threads child_process cluster fs fs/promises net",
  "tls dns dgram http inspector repl v8 sqlite test tty wasi",
].flatMap((names) => names.split(" "));

/** Modules in which `./evil.js` is imported behind what could hide it. */
const HIDDEN: Readonly<Record<string, string>> = {
  "a.ts": 'const a = x! / (await import("./ev" + "il.js")).default / 1;',
  "b.js":
    'const b = function () {} / (await import("./ev" + "il.js")).default / 1;',
  "c.ts":
    'const c = x! / 1 + "/" + "`";\nconst n = "./evil" + ".js"; await import(n);\n"`";',
  "d.ts": 'export * fr\\u006fm "./evil.js";',
  "e.js": 'export * from/**/"./evil.js";',
  "f.ts": '@f import "./evil.js";',
  "g.ts": 'import type fr\\u006fm "./evil.js";',
  "h.js": 'await import.defer("./evil.js");',
  "i.js": 'do; while (0) import "./evil.js";',
  "j.js": 'export { default } /* */ from "./evil.js" /* */;',
};

/** Every module of Node.js that a plugin may have. */
const WALK_IMPORTS =
  [...NODE_MODULES].map((name, index) =>
    `import * as m${index} from "${name}";`
  ).join("\n") +
  `\nimport assert from "node:assert"; import events from "node:events"; import util from "node:util"; import * as own from "jacamar-seccomp";
const modules = [own, ${[...NODE_MODULES].map((_, index) => `m${index}`)}];`;

/**
 * Takes over what all emitters of Node.js have, `process` among them, to have
 * them by `this`, and then looks at every object that can be reached for a
 * function that loads code.
 */
const WALK = `
  const seen = new Set();
  const { emit } = events.EventEmitter.prototype;
  events.EventEmitter.prototype.emit = function (...all) {
    found.push(this);
    return emit.apply(this, all);
  };
  const found = [globalThis, filter, context, seccompExpansion, ...modules];
  util.deprecate(() => {}, "it is old", "DEP")();
  await new Promise((done) => setTimeout(done, 20));
  for (const call of [() => filter.addRule(1, 2), () => filter.load(), () => assert.equal(1, 2)]) {
    try { call(); } catch (error) { found.push(error); }
  }
  while (found.length > 0) {
    const object = found.pop();
    if (object === null || !/^(object|function)$/.test(typeof object) || seen.has(object)) continue;
    seen.add(object);
    try { found.push(Object.getPrototypeOf(object)); } catch { /* a proxy */ }
    let keys = [];
    try { keys = Reflect.ownKeys(object); } catch { /* the environment */ }
    for (const key of keys) {
      if (/^(getBuiltinModule|registerHooks|createRequire|require|runInThisContext|compileFunction|binding|seccomp_load)$/.test(String(key))) console.log("DONE", key);
      if (key === "reallyExit") seen.process = object;
      try {
        const { get, set } = Reflect.getOwnPropertyDescriptor(object, key);
        const { [key]: value } = object;
        if (value instanceof Promise) value.catch(() => {});
        found.push(get, set, value);
      } catch { /* it has none, or it throws */ }
    }
  }
  console.log(seen.size + " objects, process is " + (seen.process ? "" : "not ") + "among them");`;

/** The paths of modules of this program. */
function ownModules(program: Program): string[] {
  if (program === compiled) {
    const root = "/tmp/deno-compile-jacamar-seccomp";
    return ["main.js", "src/mod.js"].map((name) => `${root}/${name}`);
  }
  const root = new URL("..", import.meta.url).pathname;
  return ["src/libc/mod.ts", "main.ts"].map((name) => `${root}${name}`);
}

/** Other spellings of a path that begin with a slash. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `file://${path}`,
  (path) => `file:////${path}?a=b#c`,
  (path) => `/x/%2e%2e${path.replace("m", "%6d")}`,
];

/** What a plugin might import. */
export const importAttacks: readonly Attack[] = [
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
  ...WITHHELD.map((name, index) =>
    byPlugin(
      "P9",
      `it imports node:${name}`,
      index % 2 === 0
        ? { imports: `import * as node from "node:${name}";`, does: "" }
        : `await import("node:${name}");`,
      /imports node:\S+, which a plugin may not have; of Node\.js there are node:assert, /,
    )
  ),
  ...Object.entries(HIDDEN).map(([name, text]) =>
    byPlugin(
      "P9",
      `it hides an import in ${name}`,
      {
        imports:
          `import "./${name}";\nglobalThis.x = 1;\nglobalThis.f = () => {};`,
        does: "",
      },
      (result, _program, scene) => {
        assert.doesNotMatch(result.stderr, /DONE/);
        assertClosed(scene, result);
      },
      (scene) => {
        scene.file("evil.js", EVIL, 0o666);
        scene.file(name, text);
      },
    )
  ),
  {
    promise: "P9",
    name: "it imports this program's own modules, which have what is open",
    async attack(program) {
      for (const path of ownModules(program)) {
        for (const spell of SPELLINGS) {
          using scene = new Scene();
          scene.plugin(
            `import * as own from ${JSON.stringify(spell(path))};\n` +
              "export const seccompExpansion = () => console.log(own);",
          );
          assertClosed(
            scene,
            await scene.exec(program),
            /which is a part of this program; a plugin can import jacamar-seccomp/,
          );
        }
      }
    },
  },
  {
    promise: "P9",
    name: "it imports this program's own modules by a link, or is one itself",
    async attack(program) {
      for (const path of ownModules(program)) {
        using scene = new Scene();
        scene.plugin(
          'import "./link.js"; export function seccompExpansion() {}',
        );
        Deno.symlinkSync(path, `${scene.path}/link.js`);
        assertClosed(
          scene,
          await scene.exec(program),
          /which is a part of this program/,
        );
        for (const plugin of ["link.js", path]) {
          scene.config(`validation_plugin = ${JSON.stringify(plugin)}\n`);
          assertClosed(
            scene,
            await scene.exec(program),
            /plugin error: \S+ is a part of this program/,
          );
        }
      }
    },
  },
  byPlugin(
    "P9",
    "it imports by code that is made of a text",
    `
  for (const way of [
    () => eval("imp" + "ort('FOLDER/evil.js')"),
    () => (0, eval)("imp" + "ort('FOLDER/evil.js')"),
    () => new Function("return imp" + "ort('FOLDER/evil.js')")(),
    () => (async () => {}).constructor("return imp" + "ort('FOLDER/evil.js')")(),
    () => setTimeout("imp" + "ort('FOLDER/evil.js')"),
    () => Deno[Deno.internal].core.evalContext("imp" + "ort('FOLDER/evil.js')", "file:///x.js")[0],
    () => process._eval("imp" + "ort('FOLDER/evil.js')"),
  ]) {
    try { await way(); } catch { /* refused */ }
  }
  await new Promise((done) => setTimeout(done, 20));`,
    NOT_DONE,
    evil,
  ),
  byPlugin(
    "P9",
    "it seeks a way to what loads code, in all that there is",
    { imports: WALK_IMPORTS, does: WALK },
    (result, _program, scene) => {
      assertFiltered(scene, result);
      assert.match(
        result.stderr,
        /^[1-9]\d{3,} objects, process is among them$/m,
      );
      assert.doesNotMatch(result.stderr, /DONE/);
    },
  ),
  byPlugin(
    "P9",
    "it has code loaded by process",
    `
  for (const way of [
    () => process.getBuiltinModule("node:module").createRequire("FOLDER/")("./evil.js"),
    () => process.mainModule.require("FOLDER/evil.js"),
    () => process.binding("contextify"), () => process._linkedBinding("fs"),
    () => require("FOLDER/evil.js"),
    () => Reflect.getOwnPropertyDescriptor(globalThis, "process").get().getBuiltinModule("node:vm"),
  ]) {
    try { console.log("DONE", String(way), way()); } catch { /* refused */ }
  }`,
    (result, _program, scene) => {
      assertFiltered(scene, result);
      assert.doesNotMatch(result.stderr, /DONE/);
    },
    evil,
  ),
  byPlugin(
    "P9",
    "it imports what is no JavaScript",
    {
      imports: 'import "./odd.js";',
      does: "",
    },
    /odd\.js:1: import\(\) must name its module by a plain text/,
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
