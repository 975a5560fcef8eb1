import assert from "node:assert/strict";
import { type Attack, SYSTEM_FAILURE } from "./attack.ts";
import { byPlugin, type Hostile, SHORT } from "./attack_plugin.ts";
import { needs, PATIENTLY } from "./attack_witness.ts";

/** An attack that is to end by time, and says so where anything can be said. */
function stuck(name: string, hostile: Hostile | string): Attack {
  const plugin = typeof hostile === "string" ? { does: hostile } : hostile;
  return byPlugin(
    "P5",
    name,
    { ...plugin, keys: `${SHORT}${plugin.keys ?? ""}` },
    /plugin_timeout/,
  );
}

/** Holds the end of a process up, as a machine does that has too much to do. */
const SLOW_END = [
  ...[...PATIENTLY, "strace", "-f", "-o", "/dev/null"],
  ...["-e", "trace=exit_group", "-e", "inject=exit_group:delay_enter=3000000"],
];

/** What a plugin might do to end the process well, or never. */
export const endAttacks: readonly Attack[] = [
  ...["Deno.exit(0)", "process.exit(0)", "process.reallyExit(0)"].map((call) =>
    byPlugin("P2", `${call} in its function`, `${call};`, "closed")
  ),
  byPlugin("P2", "Deno.exit(0) while it is imported", {
    imports: "Deno.exit(0);",
    does: "",
  }, "closed"),
  byPlugin(
    "P2",
    "process.abort(), which is a signal",
    "process.abort();",
    "closed",
  ),
  ...["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGABRT"].map((
    signal,
  ) =>
    byPlugin(
      "P2",
      `it sends itself ${signal}`,
      `Deno.kill(Deno.pid, "${signal}"); await new Promise((done) => setTimeout(done, 300));`,
      "closed",
    )
  ),
  byPlugin(
    "P2",
    // Deno handles this one for WebAssembly, and may take it for nothing.
    "it sends itself SIGSEGV",
    `Deno.kill(Deno.pid, "SIGSEGV"); await new Promise((done) => setTimeout(done, 300));`,
    () => {},
  ),
  byPlugin(
    "P2",
    "the exit code is set to 0, and then it fails",
    `
  Deno.exitCode = 0; process.exitCode = 0;
  try { Object.defineProperty(Deno, "exitCode", { value: 0 }); } catch { /* refused */ }
  throw new Error("failed");`,
    /failed/,
  ),
  byPlugin(
    "P2",
    "it exits in the handlers of an exit that it asked for",
    `
  for (const event of ["unload", "beforeunload"]) {
    addEventListener(event, (e) => { e.preventDefault(); e.stopImmediatePropagation(); Deno.exit(0); });
  }
  process.on("exit", () => process.reallyExit(0));
  process.on("beforeExit", () => process.reallyExit(0));
  process.exit(0);`,
    "closed",
  ),
  byPlugin(
    "P2",
    "it replaces what an exit goes through, and exits",
    `
  globalThis.dispatchEvent = () => { throw new Error("no"); };
  EventTarget.prototype.dispatchEvent = () => true;
  process.emit = () => { throw new Error("no"); };
  Deno.exit(0);`,
    "closed",
  ),
  byPlugin(
    "P2",
    "it swallows its failures before they are heard of",
    `
  for (const event of ["unhandledrejection", "error"]) {
    addEventListener(event, (e) => { e.preventDefault(); e.stopImmediatePropagation(); }, true);
  }
  process.on("uncaughtException", () => {}); process.on("unhandledRejection", () => {});
  Promise.reject(new Error("astray"));
  setTimeout(() => { throw new Error("astray"); });
  await new Promise((done) => setTimeout(done, 50));
  throw new Error("told");`,
    "closed",
  ),
  byPlugin(
    "P2",
    "it fails, and replaces what failures are told with",
    `
  const nothing = () => { throw 0; };
  TextEncoder.prototype.encode = nothing; JSON.stringify = nothing;
  String.prototype.replace = nothing; RegExp.prototype.exec = nothing;
  Uint8Array.prototype.toHex = nothing; crypto.getRandomValues = nothing;
  Object.defineProperty(Error.prototype, "message", { get: nothing });
  Date.prototype.toISOString = nothing; Error[Symbol.hasInstance] = nothing;
  Object.defineProperty(Error, Symbol.hasInstance, { value: nothing });
  throw new Error("failed");`,
    "closed",
  ),
  byPlugin(
    "P2",
    "it fails, and what failures are told with never comes to an end",
    {
      does: `
  TextEncoder.prototype.encode = () => { for (;;); };
  throw new Error("failed");`,
      keys: SHORT,
    },
    "closed",
  ),
  byPlugin(
    "P2",
    "an endless recursion",
    "const again = () => again() + 1; again();",
    /Maximum call stack/,
  ),
  byPlugin("P2", "nothing is left to wait for", {
    imports: "await new Promise(() => {});",
    does: "",
    keys: SHORT,
  }, "closed"),

  stuck("an endless loop", "for (;;);"),
  {
    ...byPlugin(
      "P5",
      "an endless loop, where the end itself takes 3 s",
      { does: "for (;;);", keys: SHORT, wrapper: SLOW_END },
      ({ code, stderr }) => assert.equal(code, SYSTEM_FAILURE, stderr),
    ),
    missing: needs("strace"),
  },
  stuck("an endless loop while it is imported", {
    imports: "for (;;);",
    does: "",
  }),
  stuck("an endless loop of promises", "for (;;) await null;"),
  stuck(
    "an endless queue of microtasks",
    "const again = () => queueMicrotask(again); again(); await new Promise((done) => setTimeout(done, 1));",
  ),
  stuck(
    "an endless queue of ticks",
    "const again = () => process.nextTick(again); again(); await new Promise((done) => setTimeout(done, 1));",
  ),
  stuck(
    "a timer that keeps it waiting",
    "setInterval(() => {}, 1); await new Promise(() => {});",
  ),
  stuck(
    "a thenable whose then never returns",
    "return { then() { for (;;); } };",
  ),
  stuck("a thenable that never calls back", "return { then() {} };"),
  stuck(
    "an error whose message never comes",
    'throw Object.defineProperty(new Error(), "message", { get() { for (;;); } });',
  ),
  stuck(
    "an argument whose value never comes",
    "filter.setOptimize({ [Symbol.toPrimitive]() { for (;;); } });",
  ),
  stuck("a condition whose argument never comes", {
    imports:
      'import { ActLog, CompareEqual, getSyscallFromName } from "jacamar-seccomp";',
    does:
      'filter.addRuleConditional(getSyscallFromName("read"), ActLog, [{ get argument() { for (;;); }, op: CompareEqual, operandOne: 1n, operandTwo: 0n }]);',
  }),
  stuck("a list of conditions that is a proxy without end", {
    imports: 'import { ActLog, getSyscallFromName } from "jacamar-seccomp";',
    does:
      'filter.addRuleConditional(getSyscallFromName("read"), ActLog, new Proxy([], { get() { for (;;); } }));',
  }),
  stuck(
    "a regular expression that backtracks without end",
    '/^(?:a|a)*$/.test("a".repeat(64) + "b");',
  ),
  stuck(
    "a thread that sleeps",
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  ),
  stuck(
    "WebAssembly without end",
    `
  const loop = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
    7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11);
  new WebAssembly.Instance(new WebAssembly.Module(loop)).exports.f();`,
  ),
  stuck("a listener of SIGALRM and SIGTERM, and a loop", {
    does: `
  for (const signal of ["SIGALRM", "SIGTERM"]) Deno.addSignalListener(signal, () => {});
  for (;;);`,
  }),
  stuck("time stands still", {
    does: `
  Date.now = () => 0; performance.now = () => 0;
  globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => {};
  await new Promise(() => {});`,
  }),
];
