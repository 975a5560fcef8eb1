import assert from "node:assert/strict";
import { Scratch } from "../../tests/program.ts";
import { mentionedImports, UnclearImport } from "./mentioned_imports.ts";

/** What is found, or "unclear". */
function found(text: string, isTypeScript = false): string[] | "unclear" {
  try {
    return [...mentionedImports(text, isTypeScript)].map(({ specifier }) =>
      specifier
    );
  } catch (error) {
    assert.ok(error instanceof UnclearImport, String(error));
    return "unclear";
  }
}

/** Texts in which `./a` is imported, or could be. */
const IMPORTS: readonly string[] = [
  'import "./a"',
  "import'./a'",
  "import a from './a';",
  'import a, { b as c, default as d } from "./a";',
  'import * as a from "./a"',
  'import { "a b" as c } from "./a"',
  'import {} from\n"./a"',
  'import /* from "./x" */ a /* from */ from // from "./y"\n "./a"',
  'import{a}from"./a"',
  'import from from "./a"',
  'import type from "./a"',
  'import defer * as a from "./a"',
  'import\u2028"./a"',
  'f();import "./a"',
  'do f(); while (0) import "./a"',
  '@f import "./a"',
  '@f // a\n.g import "./a"',
  '@f export * from "./a"',
  'class A {} import "./a"',
  '/* a */ import "./a"',
  'f() /*\n*/ import "./a"',
  'export * from "./a"',
  'export*from"./a"',
  'export * as a from "./a"',
  'export * from /* a */ "./a"',
  'export { a } from "./a"',
  'export {\n  a, // }\n  b, /* } */\n} from "./a"',
  'export { a } /* b */ from "./a" /* c */',
  'export { a } // b\nfrom "./a"',
  'import("./a")',
  "import\n('./a', {})",
  'import(/* a */ "./a" /* b */)',
  'import // a\n("./a")',
  '`${import("./a")}`',
  "f(...import('./a'))",
  '/* \n // */ import("./a")',
  '`\n// ${import("./a")}`',
  '"\\\n// " + import("./a")',
  'a\n* import("./a")',
  // Where a division must be told from a regular expression.
  'const b = a! / 2; import("./a")',
  'const b = a! / (await import("./a")).default / 1;',
  'const b = function () {} / (await import("./a")).default / 1;',
  'const b = a! / 1 + "/" + "`";\nawait import("./a");\n"`"',
  'const b = a! / 1 + "/" + "/*";\nawait import("./a");\n"*/"',
];

Deno.test("an import is found however it is written", () => {
  for (const text of IMPORTS) assert.deepEqual(found(text), ["./a"], text);
});

Deno.test("an import that cannot be read is no secret", () => {
  for (
    const text of [
      "import(a)",
      "import(`./a`)",
      'import("./" + "a")',
      'import("./\\x61")',
      'import "./\\x61"',
      'import.defer("./a")',
      'import.source("./a")',
      'import * as "a" from "./a"',
      'export * as "a" from "./a"',
      'export * fr\\u006fm "./a"',
      'export { a } fr\\u006fm "./a"',
      'export { a } \\u0066rom "./a"',
      'import type fr\\u006fm "./a"',
      "/*\nimport all\n*/",
      "`\n// ${import(a)}`",
      '@f import * as "a" from "./a"',
    ]
  ) {
    assert.equal(found(text, true), "unclear", text);
  }
});

Deno.test("the word is none where nothing can be imported", () => {
  for (
    const text of [
      "import.meta.url + import\n.meta.dirname",
      'a.import("./a"); a.import(b); ({ import: 1 }).import; reimport("./a"); $import(a); importAll();',
      "   // import(a), import the",
      'f(); // what we import from "./a"',
      '/**\n * import { a } from "./a";\n * imports, exports; an import, or the export of "./a" */',
      "throw new Error('cannot import \"./a\"');",
      "export const a = 1; export default 1; export { a as b };\nexport {\n  c, // from\n};\n",
      "export { a }\n/** from */\nfunction f() {}",
      "export class A {}\nexport\nasync function g() {}",
      'Array.from("./a"); const from = "./a"; const { a } = from;',
      "",
    ]
  ) {
    assert.deepEqual(found(text), [], text);
  }
});

Deno.test("in TypeScript, an import of types is none", () => {
  const types =
    'import type { A } from "./a"; import type B from "./a"; import type * as C from "./a";\n' +
    'export type { A } from "./a"; export type * from "./a";';
  assert.deepEqual(found(types, true), []);
  assert.deepEqual(found('import { type A } from "./a"', true), ["./a"]);
  assert.deepEqual(found('import type, { A } from "./a"', true), ["./a"]);
  assert.deepEqual(found('import type { A } from "./a"'), ["./a"]);
});

Deno.test("attributes tell what is no code", () => {
  const types = (text: string) =>
    [...mentionedImports(text, false)].map(({ type }) => type);
  assert.deepEqual(
    types(
      'import a from "./a" with { type: "json" };\nimport b from "./b"\nwith {type:\'text\'}',
    ),
    ["json", "text"],
  );
  assert.deepEqual(
    types(
      'import "./a" /* with { type: "json" } */; import "./b" with { kind: "text" };',
    ),
    [undefined, undefined],
  );
});

/** Pieces of code that put together may be a module, or none. */
const BEFORE: readonly string[] = [
  ...Array.from(
    { length: 95 },
    (_, index) => String.fromCharCode(0x20 + index),
  ),
  ..."\t \n \r \v \f \u0085 \u00a0 \u180e \u200b \u2028 \u2029 \ufeff".split(
    " ",
  ),
  ...[
    "f()|do {} while (0)|label:|class A {}|class A {|declare module 'm'",
    "type A = {}|type A = B<C>|type A =|interface A {}|interface A|enum A {}",
    "'use strict'|/x/g|a = 1 /|<!--|-->|@f|@a.b|@a()|@(a)|@a!|@a[0]|@'s'",
    "@a`b`|@new A|@class {}|@a @b|@a export|export @a|a @b|@a<B>|@a ;|@ a",
    "export|export default|export =|export as namespace A|declare|abstract",
    "export declare|export import a = b.c;|import a = b.c|import a =|import",
    "import type|async|public|readonly|static|using a =|let a|let a: A",
    "a!|a as B|a satisfies B|a<B>|a<B>()|return|if (0)|if (1) {} else|try {}",
    "for (;0;)|while (0)|switch (1) { case 1:|{|({|[|(|async () =>|() =>",
    "declare const a: A|declare function f(): void|function f(): void",
    "declare global {}|namespace A {}|module A {}|abstract class A {}",
    "a\\u0062|`a`|`${0}`|0|0.|1n|a?.b|++a|a++|/* a */|/* \\n */|// a\\n",
  ].flatMap((pieces) => pieces.replaceAll("\\n", "\n").split("|")),
];
const AROUND: readonly string[] = [
  'import "./reached.js?N"',
  'import a from "./reached.js?N"',
  'import{default as b}from "./reached.js?N"',
  'export * from "./reached.js?N"',
  'export { default } from "./reached.js?N"',
  'await import("./reached.js?N")',
  'export * fr\\u006fm "./reached.js?N"',
  'import type fr\\u006fm "./reached.js?N"',
  'import type from from "./reached.js?N"',
  'import type, {} from "./reached.js?N"',
];

/** Every piece in front of some imports, and every import behind some pieces. */
function* combinations(): Generator<{ text: string; suffix: string }> {
  for (const before of BEFORE) {
    for (const [around, suffix] of [[0, "js"], [0, "ts"], [3, "ts"]] as const) {
      yield { text: `${before} ${AROUND[around]}\n`, suffix };
    }
  }
  for (const around of AROUND) {
    for (const before of ["", ";", "@f ", "/**/", "a!/2;", "await "]) {
      for (const suffix of ["js", "ts"]) {
        yield { text: `${before}${around}\n`, suffix };
      }
    }
  }
}

Deno.test("whatever the runtime imports is found or unclear", async () => {
  using scratch = new Scratch();
  scratch.file("reached.js", "globalThis.reached = true; export default 1;\n");
  const global = globalThis as { reached?: boolean };
  let count = 0;
  let reached = 0;
  for (const { text, suffix } of combinations()) {
    const own = text.replace("N", `${++count}`);
    const file = scratch.file(`m${count}.${suffix}`, own);
    global.reached = false;
    try {
      await import(`file://${file}`);
    } catch {
      // Most are no modules.
    }
    if (!global.reached) continue;
    reached++;
    assert.notDeepEqual(found(own, suffix === "ts"), [], own);
  }
  assert.ok(reached > 100, `${reached} of ${count}`);
});
