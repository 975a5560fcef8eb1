import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { Scratch } from "../../tests/program.ts";
import { PluginError } from "./error.ts";
import { checkImports } from "./imports.ts";
import { NODE_MODULES } from "./node_modules.ts";

/** What is said of a plugin's imports; the plugin is `plugin.ts` of a folder. */
function check(
  source: string | Uint8Array<ArrayBuffer>,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  prepare: (folder: string) => void = () => {},
): string {
  using scratch = new Scratch();
  for (const [name, text] of Object.entries(files)) scratch.file(name, text);
  prepare(scratch.path);
  try {
    checkImports(
      `${scratch.path}/plugin.ts`,
      typeof source === "string" ? new TextEncoder().encode(source) : source,
    );
  } catch (error) {
    assert.ok(error instanceof PluginError);
    return error.message.replaceAll(scratch.path, "X");
  }
  return "trusted";
}

Deno.test("our own module and the runtime's need no check", () => {
  assert.equal(
    check(
      `import { a,\n b } from "jacamar-seccomp";\nimport { format } from "node:util";`,
    ),
    "trusted",
  );
});

Deno.test("what imports import is followed, round and round", () => {
  const files = {
    "a.ts": 'export { b } from "./b.js"; import type { T } from "./a.ts";',
    "b.js": 'import "./plugin.ts"; await import("./c.json", {});',
    "c.json": "{}",
    "plugin.ts": "",
  };
  assert.equal(check('import "./a.ts";', files), "trusted");
  assert.equal(
    check('import "./a.ts";', { ...files, "b.js": 'import "./d.js";' }),
    "plugin error: could not find the module X/d.js",
  );
});

const SOURCES: Readonly<Record<string, string>> = {
  "an import": 'import "./other.ts";',
  "an export": 'export * from "./other.ts";',
  "a dynamic import": 'const f = () => import("./other.ts");',
  "a dynamic import in a template": '`${await import("./other.ts")}`',
  "an import with spaces and a comment": 'import /* x */ "./other.ts"',
  "an import after our own":
    'import { x } from "jacamar-seccomp"; import "./other.ts";',
  "a file: import": 'import "file:FOLDER/other.ts";',
  "an absolute import": 'import "FOLDER/other.ts";',
};
for (const [name, source] of Object.entries(SOURCES)) {
  Deno.test(`${name} of what others can change is refused`, () => {
    using scratch = new Scratch();
    const other = scratch.file("other.ts", "", 0o666);
    const text = source.replace("FOLDER", scratch.path);
    assert.throws(
      () =>
        checkImports(
          `${scratch.path}/plugin.ts`,
          new TextEncoder().encode(text),
        ),
      {
        message: `plugin error: imported by ${scratch.path}/plugin.ts: ` +
          `${other} may be changed by everybody (mode 0666): chmod go-w ${other}`,
      },
    );
  });
}

Deno.test("what is no file is refused", () => {
  for (
    const specifier of [
      "https://example.com/a.ts",
      "npm:left-pad",
      "jsr:@std/toml",
      "data:text/javascript,1",
      "blob:null/1",
      "left-pad",
    ]
  ) {
    assert.equal(
      check(`import "${specifier}";`),
      `plugin error: X/plugin.ts imports ${specifier}; a plugin can import only files, and jacamar-seccomp`,
    );
  }
});

Deno.test("a module whose own imports cannot be told is refused", () => {
  for (const file of ["a.cjs", "a.cts", "a.jsx", "a.tsx", "a.wasm", "a.WASM"]) {
    assert.equal(
      check(`import "./${file}";`, { [file]: "" }),
      `plugin error: X/plugin.ts imports ./${file}; a plugin can import no CommonJS, JSX or ` +
        "WebAssembly, because it cannot be checked what that imports",
    );
  }
});

Deno.test("an import() that does not say what it imports is refused", () => {
  assert.equal(
    check("const name = 1;\nawait import(`./${name}.ts`);"),
    "plugin error: X/plugin.ts:2: import() must name its module by a plain text, so that it can be checked before",
  );
});

Deno.test("an import() in a text counts, and is told where it is", () => {
  assert.equal(
    check('// import(a)\n\nthrow new Error("import(a) is no good");'),
    "plugin error: X/plugin.ts:3: import() must name its module by a plain text, so that it can be checked before",
  );
  assert.equal(
    check("\nexport * from `./a.ts`;"),
    'plugin error: X/plugin.ts:2: it cannot be told what this exports; write it as export … from "./FILE", ' +
      "and what is no such thing without this word",
  );
});

Deno.test("of Node.js, what only calculates is there", () => {
  for (const name of NODE_MODULES) {
    assert.equal(check(`import * as a from "${name}";`), "trusted");
  }
  for (const name of builtinModules) {
    const specifier = `node:${name.replace(/^node:/, "")}`;
    if (NODE_MODULES.has(specifier)) continue;
    assert.ok(
      check(`import * as a from "${specifier}";`).startsWith(
        `plugin error: X/plugin.ts imports ${specifier}, which a plugin may not have; of Node.js there are node:assert, `,
      ),
    );
  }
});

Deno.test("docs/security.md lists what there is of Node.js", () => {
  const page = Deno.readTextFileSync(
    new URL("../../docs/security.md", import.meta.url),
  );
  const [, list] = /- of Node\.js: ([^.]+)\./.exec(page) ?? [];
  assert.deepEqual(list.match(/node:[a-z/_]+/g), [...NODE_MODULES]);
});

Deno.test("a module of this program's is none of a plugin's, by whatever name", () => {
  const libc = new URL("../libc/mod.ts", import.meta.url).pathname;
  const link = (folder: string) => {
    Deno.symlinkSync(libc, `${folder}/link.ts`);
    Deno.symlinkSync(libc.slice(0, libc.indexOf("/src/")), `${folder}/tree`);
  };
  for (
    const specifier of [
      libc,
      `file://${libc}`,
      `file://localhost${libc}?a#b`,
      `file:///${libc}`,
      `/.${libc}`,
      `/a/%2e%2E${libc}`,
      libc.replace("libc", "policy/../libc"),
      libc.replace("libc", "%6cibc"),
      libc.replaceAll("/", "%2F").replace("%2F", "/"),
      libc.replace("/src/", "//src//"),
      libc.replace(/[^/]+$/, "none.ts"),
      libc.replace(/src\/.*/, "main.ts"),
      "./link.ts",
      "./tree/src/libc/mod.ts",
    ]
  ) {
    for (const rest of ["", ' with { type: "text" }']) {
      assert.match(
        check(
          `import * as a from ${JSON.stringify(specifier)}${rest};`,
          {},
          link,
        ),
        /^plugin error: X\/plugin\.ts imports .*, which is a part of this program; a plugin can import jacamar-seccomp$/,
        specifier,
      );
    }
  }
});

Deno.test("a module that is not UTF-8 is refused", () => {
  const bytes = new Uint8Array(
    [0xff, 0xfe, ...'import "./a.ts";'].flatMap((each) =>
      typeof each === "number" ? each : [each.charCodeAt(0), 0]
    ),
  );
  const expected = (name: string) => `plugin error: X/${name} is not UTF-8`;
  assert.equal(check(bytes), expected("plugin.ts"));
  assert.equal(check('import "./a.ts"', { "a.ts": bytes }), expected("a.ts"));
});

Deno.test("what is imported as text is only looked at for who can change it", () => {
  const text = 'import a from "./a.ts" with { type: "text" };';
  const files = { "a.ts": "import(b)" };
  const unclear = "plugin error: X/a.ts:1: import() must name its module " +
    "by a plain text, so that it can be checked before";
  assert.equal(check(text, files), "trusted");
  assert.equal(check(`${text} import "./a.ts";`, files), unclear);
  assert.equal(check(`import "./a.ts"; ${text}`, files), unclear);
  assert.match(
    check(text, files, (folder) => Deno.chmodSync(`${folder}/a.ts`, 0o666)),
    /may be changed by everybody/,
  );
});
