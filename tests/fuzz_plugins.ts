/**
 * Plugins that behave oddly: what they return, throw, leave behind and replace.
 *
 * @module
 */
import fc from "fast-check";
import { filterOperations, IMPORTS } from "./fuzz_rules.ts";

const VALUES: readonly string[] = [
  ...["undefined", "null", "false", "0", '""', '"no"', "[]", "{}", "1n", "NaN"],
  ...[
    'new Error("no")',
    'Symbol("x")',
    "filter",
    "() => {}",
    "function* () {}",
  ],
  ...["Promise.resolve()", 'Promise.reject(new Error("later"))', "[1]"],
  ...[
    "{ then(f) { f(); } }",
    "{ then(f) { f(1); } }",
    "{ then(f, g) { g(0); } }",
  ],
  ...["{ then: 1 }", "{ get then() { throw 1; } }", "Object.create(null)"],
  "{ then(f) { f({ then(g) { g(); } }); } }",
  "{ then(f) { f(); f(1); throw new Error('after'); } }",
  "new Proxy({}, { get() { throw 1; }, has() { throw 2; }, getPrototypeOf() { throw 3; } })",
  "Object.create(Error.prototype)",
  "Object.assign(new Error('x'), { message: { toString() { throw 1; } } })",
  "Object.defineProperty(new Error('x'), 'stack', { get() { throw 1; } })",
  'new Error("x".repeat(1e6))',
  "new Error('\\ud800 \\0 \\n jacamar-seccomp: all is well\\n')",
  'new AggregateError([new Error("a")], "many")',
];

/** What never comes to its end; such a case costs its whole timeout. */
const ENDLESS: readonly string[] = [
  ...["for (;;);", "await new Promise(() => {});", "while (true) await 0;"],
  "return new Promise(() => {});",
  "return { then() {} };",
];

const REPLACED: readonly string[] = [
  ...["Array.prototype.push", "Array.prototype.map", "Array.prototype.flatMap"],
  ...[
    "Map.prototype.get",
    "Map.prototype.set",
    "Object.entries",
    "Object.freeze",
  ],
  ...["Uint8Array.prototype.set", "Uint8Array.prototype.subarray", "BigInt"],
  ...[
    "JSON.stringify",
    "Promise.prototype.then",
    "Reflect.ownKeys",
    "Math.max",
  ],
  ...["TextEncoder.prototype.encode", "String.prototype.split", "Number"],
  ...[
    "DataView.prototype.setBigUint64",
    "Int32Array.of",
    "RegExp.prototype.exec",
  ],
  ...["Deno.exit", "Deno.dlopen", "Deno.UnsafePointer.of", "Deno.permissions"],
  ...["globalThis.Promise", "globalThis.Error", "globalThis.Deno", "Error"],
  ...[
    "crypto.getRandomValues",
    "Symbol.prototype.toString",
    "globalThis.Array",
  ],
  ...["Array.prototype[Symbol.iterator]", "ScmpFilter.prototype.addRule"],
  ...["MessageChannel", "MessagePort.prototype.postMessage", "queueMicrotask"],
];

const replacing = fc.tuple(
  fc.constantFrom(...REPLACED),
  fc.constantFrom(
    ...[
      "() => {}",
      "undefined",
      "() => { throw new Error('sly'); }",
      "0",
      "{}",
    ],
    "new Proxy(function () {}, {})",
  ),
).map(([what, by]) => `${what} = ${by};`);

const LEFT: readonly string[] = [
  ...["setTimeout(() => filter.reset(ActAllow));", "Promise.reject(1);"],
  ...[
    "queueMicrotask(() => filter.reset(ActAllow));",
    "setInterval(() => {}, 1);",
  ],
  ...["queueMicrotask(() => { throw new Error('astray'); });", "debugger;"],
  ...["Promise.resolve().then(() => filter.reset(ActAllow));", "Deno.exit(0);"],
  ...[
    "(async () => { for (let i = 0; i < 9; i++) await 0; filter.reset(ActAllow); })();",
  ],
  ...["addEventListener('unload', () => Deno.exit(0));", "Deno.exitCode = 0;"],
  ...[
    "addEventListener('unhandledrejection', (e) => e.stopImmediatePropagation());",
  ],
  ...[
    "dispatchEvent(new Event('unload'));",
    "dispatchEvent(new ErrorEvent('error'));",
  ],
  ...[
    "console.log('said');",
    "console.error('said');",
    "Deno.stdout.writeSync(new Uint8Array(99));",
  ],
  ...["Deno.stderr.writeSync(new Uint8Array(9));", "alert('x'); confirm('x');"],
  ...[
    "new Worker('data:text/javascript,');",
    "Deno.env.get('PATH');",
    "await 0;",
  ],
  ...[
    "Deno.readTextFileSync('/etc/passwd');",
    "Deno.writeTextFileSync('/tmp/x', '');",
  ],
  ...[
    "new Deno.Command('true').outputSync();",
    "Deno.chdir('/');",
    "Deno.umask(0);",
  ],
  ...[
    "Deno.addSignalListener('SIGTERM', () => {});",
    "await fetch('http://localhost');",
  ],
  ...["Object.prototype.signal = 0;", "Object.prototype.then = (f) => f();"],
  ...["Object.defineProperty(Object.prototype, 'code', { get: () => 0 });"],
  ...["Object.defineProperty(Object.prototype, '0', { set() {} });"],
  ...[
    "Error.prepareStackTrace = () => { throw 1; };",
    "Error.stackTraceLimit = 0;",
  ],
  ...["delete globalThis.TextEncoder;", "Object.freeze(Array.prototype);"],
  ...[
    "Object.setPrototypeOf(filter, null);",
    "Object.setPrototypeOf(Array.prototype, null);",
  ],
  ...[
    "context.stage = 'other';",
    "globalThis.kept = filter;",
    "filter = null;",
  ],
  ...[
    "eval('1'); new Function('return 1')();",
    "structuredClone(new ArrayBuffer(9));",
  ],
  ...[
    "(function f() { f(); })();",
    "'x'.repeat(2 ** 29);",
    "new Array(2 ** 32);",
  ],
  ...["Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 9);"],
  ...["new WebAssembly.Memory({ initial: 9 });", "performance.mark('x');"],
  ...["for (let i = 0; i < 1e5; i++) Promise.resolve().then(() => {});"],
];

const TOP: readonly string[] = [
  ...['throw new Error("early");', "await 0;", "await new Promise(() => {});"],
  ...[
    'import "./absent.js";',
    'import "https://example.com/a.js";',
    'import "npm:x";',
  ],
  ...[
    'import("./" + "plugin.js");',
    'import "node:process"; process.exitCode = 0;',
  ],
  ...[
    "process.exit(0);",
    'import "node:path"; process.reallyExit(0);',
  ],
  ...["const b = ;", "export default 1;", "export const seccompExpansion = 1;"],
  ...['"use strict"; with (1) {}', "#!/bin/sh", "\\u0000", "import.meta.url;"],
  ...['import "./plugin.js";', 'import data from "./jacamar.toml";'],
];

const end = fc.tuple(
  fc.constantFrom("return", "throw"),
  fc.constantFrom(...VALUES),
).map(([how, value]) => `${how} ${value};`);

const statements = fc.oneof(
  filterOperations,
  replacing.map((text) => [text]),
  fc.constantFrom(...LEFT).map((text) => [text]),
);

/** The text of a plugin. */
export const oddPlugin: fc.Arbitrary<string> = fc.record({
  top: fc.oneof(
    { weight: 8, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constantFrom(...TOP) },
    { weight: 1, arbitrary: replacing },
  ),
  body: fc.array(statements, { maxLength: 3 }).map((all) => all.flat()),
  end: fc.oneof(
    { weight: 6, arbitrary: fc.constant("") },
    { weight: 6, arbitrary: end },
    { weight: 1, arbitrary: fc.constantFrom(...ENDLESS) },
  ),
  kind: fc.constantFrom(
    "function",
    "async function",
    "async function",
    "function*",
  ),
}).map(({ top, body, end, kind }) =>
  `${IMPORTS}${top}\nexport ${kind} seccompExpansion(filter, stage, context) {\n` +
  `${[...body, end].map((text) => `  ${text}\n`).join("")}}\n`
);
