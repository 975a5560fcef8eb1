import assert from "node:assert/strict";
import { Scratch } from "../../tests/program.ts";
import { PluginError } from "./error.ts";
import { checkImports } from "./imports.ts";

/** What is said of a plugin's imports; the plugin is `plugin.ts` of a folder. */
async function check(
  source: string,
  files: Readonly<Record<string, string>> = {},
  prepare: (folder: string) => void = () => {},
): Promise<string> {
  using scratch = new Scratch();
  for (const [name, text] of Object.entries(files)) scratch.file(name, text);
  prepare(scratch.path);
  try {
    await checkImports(`${scratch.path}/plugin.ts`, source);
  } catch (error) {
    assert.ok(error instanceof PluginError);
    return error.message.replaceAll(scratch.path, "X");
  }
  return "trusted";
}

Deno.test("our own module and the runtime's need no check", async () => {
  assert.equal(
    await check(
      `import { a,\n b } from "jacamar-seccomp";\nimport fs from "node:fs";`,
    ),
    "trusted",
  );
});

Deno.test("what imports import is followed, round and round", async () => {
  const files = {
    "a.ts": 'export { b } from "./b.js"; import type { T } from "./a.ts";',
    "b.js": 'import "./plugin.ts"; await import("./c.json", {});',
    "c.json": "{}",
    "plugin.ts": "",
  };
  assert.equal(await check('import "./a.ts";', files), "trusted");
  assert.equal(
    await check('import "./a.ts";', { ...files, "b.js": 'import "./d.js";' }),
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
  Deno.test(`${name} of what others can change is refused`, async () => {
    using scratch = new Scratch();
    const other = scratch.file("other.ts", "", 0o666);
    await assert.rejects(
      checkImports(
        `${scratch.path}/plugin.ts`,
        source.replace("FOLDER", scratch.path),
      ),
      {
        message: `plugin error: imported by ${scratch.path}/plugin.ts: ` +
          `${other} may be changed by everybody (mode 0666): chmod go-w ${other}`,
      },
    );
  });
}

Deno.test("what is no file is refused", async () => {
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
      await check(`import "${specifier}";`),
      `plugin error: X/plugin.ts imports ${specifier}; a plugin can import only files, and jacamar-seccomp`,
    );
  }
});

Deno.test("a module whose own imports cannot be told is refused", async () => {
  for (const file of ["a.cjs", "a.cts", "a.jsx", "a.tsx", "a.wasm", "a.WASM"]) {
    assert.equal(
      await check(`import "./${file}";`, { [file]: "" }),
      `plugin error: X/plugin.ts imports ./${file}; a plugin can import no CommonJS, JSX or ` +
        "WebAssembly, because it cannot be checked what that imports",
    );
  }
});

Deno.test("an import() that does not say what it imports is refused", async () => {
  assert.equal(
    await check("const name = 1;\nawait import(`./${name}.ts`);"),
    "plugin error: X/plugin.ts:2: import() must name its module by a plain text, so that it can be checked before",
  );
});

Deno.test("an import in a comment or a text is none", async () => {
  const source =
    '// import "./a.ts"\nconst s = \'import "./b.ts"\'; /import "x"/;';
  assert.equal(await check(source), "trusted");
});
