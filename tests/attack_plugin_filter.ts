import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { byPlugin, type Hostile, type Outcome } from "./attack_plugin.ts";
import { hasCommand } from "./program.ts";

const IMPORTS =
  'import * as seccomp from "jacamar-seccomp";\nconst { ActAllow, ActErrno, ActLog, CompareEqual, getSyscallFromName, makeCondition, ScmpAction, ScmpArch, ScmpError, ScmpFilter, ScmpSyscall } = seccomp;';

function onFilter(
  promise: "P3" | "P4" | "P6",
  name: string,
  does: string,
  outcome: Outcome,
  more: Partial<Hostile> = {},
): Attack {
  return byPlugin(
    promise,
    name,
    { imports: IMPORTS, does, ...more },
    outcome,
  );
}

/** Runs something again and again, from every queue that there is. */
const LATER = `
  const everywhere = (later) => {
    const quietly = () => { try { later(); } catch { /* too late */ } };
    queueMicrotask(quietly); Promise.resolve().then(quietly); process.nextTick(quietly);
    setTimeout(quietly, 0); setInterval(quietly, 0); setImmediate(quietly);
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => { quietly(); port1.postMessage(0); }; port1.postMessage(0);
    addEventListener("unload", quietly); process.on("exit", quietly);
    const again = (async function* () { for (;;) { quietly(); yield await null; } })();
    (async () => { for (let i = 0; i < 50; i++) await again.next(); })();
    new FinalizationRegistry(quietly).register({}, 0);
    AbortSignal.timeout(0).addEventListener("abort", quietly);
  };`;

const NOT_AS_ASKED: Outcome = ({ stderr }) =>
  assert.doesNotMatch(stderr, /DONE/);

/** What a plugin might do to have another filter than the proven one. */
export const filterAttacks: readonly Attack[] = [
  ...["load()", "release()", "merge(filter)"].map((call) =>
    onFilter("P3", `filter.${call}`, `filter.${call};`, "closed")
  ),
  onFilter(
    "P3",
    "it loads, releases and merges away in every other way",
    `
  const other = () => new ScmpFilter(ActAllow);
  for (const way of [
    () => ScmpFilter.prototype.load.call(filter), () => Reflect.apply(filter.release, filter, []),
    () => other().merge(filter), () => other().load(), () => new (class extends ScmpFilter {})(ActAllow).load(),
    () => Object.create(filter).load(), () => new Proxy(filter, {}).load(),
    () => filter.load.call(Object.create(filter)),
  ]) {
    let refusal;
    try { way(); } catch (error) { refusal = error; }
    if (!refusal) console.log("DONE", String(way));
  }`,
    ({ stderr }) => {
      assert.doesNotMatch(stderr, /DONE/);
    },
  ),
  onFilter(
    "P3",
    "it marks the filter as its own",
    `
  for (const key of ["standing", "#body", "_body", "body"]) {
    try { filter[key] = "owned"; } catch { /* refused */ }
  }
  filter.isValid = () => true; filter.load();`,
    "closed",
  ),
  onFilter(
    "P3",
    "it takes the filter's methods for objects of its own",
    `
  class Stamped extends (function (object) { return object; }) { }
  for (const object of [{}, Object.create(ScmpFilter.prototype), new Proxy(filter, {}), new Stamped(filter)]) {
    if (object === filter) continue;
    for (const name of Object.getOwnPropertyNames(ScmpFilter.prototype)) {
      let refused = false;
      try { object[name](ActAllow, ActAllow); } catch { refused = true; }
      if (!refused && name !== "constructor") console.log("DONE", name);
    }
  }`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P3",
    "it gets at the filters that it was not given by what it was",
    `
  const seen = new Set();
  const walk = (value, depth) => {
    if (depth > 6 || value === null || !/object|function/.test(typeof value) || seen.has(value)) return;
    seen.add(value);
    if (value !== filter && value instanceof ScmpFilter) console.log("DONE");
    for (const key of Reflect.ownKeys(value)) {
      try { walk(value[key], depth + 1); } catch { /* a getter */ }
    }
    walk(Object.getPrototypeOf(value), depth + 1);
  };
  walk(filter, 0); walk(context, 0); walk(seccomp, 0);`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P3",
    "all that can be read of the filter is written to",
    `
  const { journal } = filter;
  const seen = new Set();
  const spoil = (value) => {
    if (value === null || typeof value !== "object" || seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) {
      spoil(value[key]);
      try { Object.defineProperty(value, key, { get() { console.log("DONE"); } }); console.log("DONE"); } catch { /* frozen */ }
    }
    try { value.added = 1; console.log("DONE"); } catch { /* frozen */ }
    try { Array.prototype.push.call(value, { get argument() { console.log("DONE"); } }); console.log("DONE"); } catch { /* frozen */ }
  };
  spoil(journal); spoil(filter.journal); spoil(context); spoil(seccomp.errno);
  for (const constant of Object.values(seccomp)) spoil(constant);`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P3",
    "actions, calls and architectures of its own making, that change when they are looked at",
    `
  let count = 0;
  let isOver = false;
  const tell = () => { if (isOver) console.log("DONE"); };
  const sly = { valueOf() { tell(); return count++ % 2; }, toString() { tell(); return "Errno"; } };
  const rmdir = getSyscallFromName("rmdir");
  class Call extends ScmpSyscall { getName() { tell(); return "x"; } toString() { return this.getName(); } }
  class Act extends ScmpAction { toNative() { tell(); return 0x7fff0000; } }
  const fake = (turn) => { let looks = 0; return { get kind() { return looks++ > turn ? sly : "Errno"; }, code: sly }; };
  const condition = makeCondition(0, CompareEqual, 1);
  for (const way of [
    () => filter.addRule(rmdir, new ScmpAction("Errno", sly)), () => filter.addRule(rmdir, new ScmpAction(sly, 1)),
    () => filter.addRule(rmdir, new Act("Errno", 1)), () => filter.addRule(rmdir, ScmpAction.of(sly)),
    ...[0, 1, 2, 3, 4].map((turn) => () => filter.addRule(rmdir, ScmpAction.prototype.setReturnCode.call(fake(turn), 1))),
    () => filter.addRule(rmdir, Reflect.construct(ScmpAction, ["Errno", 1], Act)),
    () => filter.addRule(new Call(84), ActErrno), () => filter.addRule(Reflect.construct(ScmpSyscall, [84], Call), ActErrno),
    () => filter.addArch(new ScmpArch("x86", 0x40000003)), () => filter.addArch(new ScmpArch(sly, sly)),
    () => filter.setBadArchAction(Object.create(ActAllow)), () => filter.setSyscallPriority(rmdir, sly),
    () => filter.addRuleConditional(rmdir, ActErrno, [{ ...condition, op: new seccomp.ScmpCompareOp("Equal", sly) }]),
    () => filter.addRuleConditional(rmdir, ActErrno, [{ ...condition, operandOne: sly }]),
    () => filter.addRuleConditional(rmdir, ActErrno, [new Proxy(condition, { get(...all) { tell(); return Reflect.get(...all); } })]),
    () => filter.reset(Object.assign(Object.create(ScmpAction.prototype), { kind: "Allow", code: 0 })),
  ]) {
    try { way(); } catch { /* refused */ }
  }
  isOver = true;`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P3",
    "attributes, architectures and transactions are turned upside down",
    `
  for (const way of [
    () => filter.setNoNewPrivsBit(false), () => filter.setOptimize(2), () => filter.setRawRC(true),
    () => filter.transactionStart(), () => filter.transactionReject(), () => filter.transactionCommit(),
    () => seccomp.setAPI(1), () => filter.setLogBit(false), () => filter.setSSB(false),
    () => filter.addArch(seccomp.ArchX86), () => filter.removeArch(seccomp.ArchX86),
  ]) {
    try { way(); } catch { /* not with this library */ }
  }`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P3",
    "all architectures are removed, and any other lets every call pass",
    `
  filter.setBadArchAction(ActAllow);
  for (const arch of Object.values(seccomp)) {
    if (arch instanceof ScmpArch) filter.removeArch(arch);
  }`,
    "closed",
  ),
  onFilter(
    "P4",
    "the filter is used after the plugin has returned",
    `${LATER}
  everywhere(() => { filter.setLogBit(false); filter.load(); console.log("DONE"); });`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P4",
    "a filter of its own is loaded after the plugin has returned",
    `${LATER}
  const own = new ScmpFilter(ActAllow);
  everywhere(() => { own.load(); console.log("DONE"); });`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P4",
    "built-ins are replaced after the plugin has returned",
    `${LATER}
  const { prototype } = Object.getPrototypeOf(Uint8Array);
  const { set } = prototype;
  everywhere(() => { prototype.set = function (...all) { console.log("DONE"); return set.apply(this, all); }; });`,
    NOT_AS_ASKED,
  ),
  onFilter(
    "P4",
    "a worker goes on for ever",
    `
  const worker = new Worker("for (;;);", { eval: true });
  worker.unref();`,
    /imports node:worker_threads, which a plugin may not have/,
    { imports: 'import { Worker } from "node:worker_threads";' },
  ),
  onFilter(
    "P4",
    "a rejection and an error are left behind",
    `
  (async () => { await null; throw new Error("astray"); })();`,
    /left a rejection unhandled: astray/,
  ),
  onFilter(
    "P4",
    "what returns is a promise that has its own constructor and its own then",
    `
  const promise = Promise.resolve();
  promise.then = (done) => { setTimeout(() => { done(); done(1); done(new Error()); }); };
  Object.defineProperty(promise, "constructor", { get() { return Promise; } });
  return promise;`,
    "filtered",
  ),

  onFilter(
    "P6",
    "arrays use up memory",
    "const all = []; for (;;) all.push(new Array(1e7).fill(0.5));",
    "closed",
    limited(),
  ),
  onFilter(
    "P6",
    "a text is longer than texts can be",
    'let text = "x"; for (;;) text += text;',
    /Invalid string length/,
  ),
  onFilter(
    "P6",
    "the address space is limited, and buffers use it up",
    "const all = []; for (;;) all.push(new Uint8Array(1 << 26).fill(1));",
    "closed",
    limited(),
  ),
  onFilter(
    "P6",
    "WebAssembly's memory grows under a limit",
    `
  const all = [];
  for (;;) { const memory = new WebAssembly.Memory({ initial: 1024 }); new Uint8Array(memory.buffer).fill(1); all.push(memory); }`,
    "closed",
    limited(),
  ),
  onFilter(
    "P6",
    "a million promises are pending",
    "const all = []; for (let i = 0; i < 1e6; i++) all.push(new Promise(() => {})); throw new Error('enough');",
    "closed",
  ),
  onFilter(
    "P6",
    "200,000 rules, whatever becomes of each",
    `
  const read = getSyscallFromName("read");
  for (let value = 0; value < 200_000; value++) {
    try { filter.addRuleConditional(read, ActLog, [makeCondition(0, CompareEqual, value)]); } catch { break; }
  }`,
    "closed",
    { keys: 'plugin_timeout = "1s"\n' },
  ),
  onFilter(
    "P6",
    "an error says 64 MB",
    'throw new Error("x".repeat(1 << 26));',
    "closed",
  ),
  onFilter(
    "P6",
    "an error has a cause that has a cause, a hundred thousand times",
    "let cause; for (let i = 0; i < 1e5; i++) cause = new Error('x', { cause }); throw cause;",
    /plugin error: x/,
  ),
  onFilter(
    "P6",
    "filters of its own, and none is released",
    "const all = []; for (let i = 0; i < 3000; i++) all.push(new ScmpFilter(ActAllow));",
    "filtered",
  ),
];

/** Memory for the program and little more; libc and V8 reserve much that they do not use. */
function limited(): Partial<Hostile> {
  return hasCommand("prlimit")
    ? { wrapper: ["prlimit", "--data=900000000"] }
    : { wrapper: ["sh", "-c", 'ulimit -d 900000; exec "$@"', "sh"] };
}
