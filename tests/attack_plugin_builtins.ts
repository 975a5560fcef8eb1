import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { byPlugin } from "./attack_plugin.ts";

const IMPORTS =
  'import { ActAllow, ActErrno, CompareEqual, errno, getSyscallFromName, makeCondition, ScmpAction, ScmpArch, ScmpError, ScmpFilter, ScmpSyscall, VersionError } from "jacamar-seccomp";\nconst TypedArray = Object.getPrototypeOf(Uint8Array);\nconst nothing = () => undefined;';

/** What is changed, by what does that. */
const CHANGES: Readonly<Record<string, string>> = {
  "a method of maps": "Map.prototype.get = nothing;",
  "a method of sets": "Set.prototype.has = () => true;",
  "a method of arrays, by an accessor":
    'Object.defineProperty(Array.prototype, "push", { get() { return nothing; }, configurable: true });',
  "a method of arrays, by a proxy":
    "Array.prototype.map = new Proxy(Array.prototype.map, {});",
  "the iterator of arrays": "Array.prototype[Symbol.iterator] = nothing;",
  "what an iterator of arrays does next":
    "Object.getPrototypeOf([].values()).next = () => ({ done: true });",
  "what a generator does next":
    "Object.getPrototypeOf((function* () {}).prototype).next = () => ({ done: true });",
  "the species of arrays":
    "Object.defineProperty(Array, Symbol.species, { value: Uint8Array });",
  "an element that all arrays inherit": "Array.prototype[0] = 1;",
  "a setter that all objects inherit":
    'Object.defineProperty(Object.prototype, "0", { set: nothing, configurable: true });',
  "a then that all objects have":
    "Object.prototype.then = function (done) { done(); };",
  "what all arrays inherit from":
    "Object.setPrototypeOf(Array.prototype, new Proxy({}, {}));",
  "what bytes inherit from":
    "Object.setPrototypeOf(Uint8Array.prototype, Object.create(TypedArray.prototype, { set: { value: nothing } }));",
  "how bytes are copied": "TypedArray.prototype.set = nothing;",
  "the length of bytes":
    'Object.defineProperty(TypedArray.prototype, "length", { get: () => 8 });',
  "how numbers are laid out": "DataView.prototype.setBigUint64 = nothing;",
  "how words are laid out":
    "BigInt64Array.of = () => new BigInt64Array(1); BigInt64Array.prototype.fill = nothing;",
  "how big integers are cut": "BigInt.asUintN = () => 0n;",
  "the name of a constructor":
    "globalThis.DataView = class extends DataView {};",
  "the name of maps": "globalThis.Map = class extends Map {};",
  "the name of promises": "globalThis.Promise = class extends Promise {};",
  "what waits for promises": "Promise.prototype.then = nothing;",
  "how a promise is told from others":
    'Object.defineProperty(Promise.prototype, "constructor", { get: nothing });',
  "how functions are called":
    "Function.prototype.call = nothing; Function.prototype.apply = nothing;",
  "how texts become bytes":
    "TextEncoder.prototype.encode = () => new Uint8Array(1);",
  "how texts are searched": "RegExp.prototype.exec = () => null;",
  "how texts are compared": "String.prototype.includes = () => true;",
  "what is an integer": "Number.isInteger = () => true;",
  "what is greatest": "Math.max = () => 0;",
  "what is frozen": "Object.freeze = (object) => object;",
  "what is reflected": "Reflect.ownKeys = () => [];",
  "what is an error":
    "Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });",
  "how an error's stack is taken":
    "Error.captureStackTrace = nothing; Error.prepareStackTrace = nothing;",
  "how deep an error's stack is":
    'Object.defineProperty(Error, "stackTraceLimit", { get: nothing });',
  "what is told when a filter is not needed any more":
    "FinalizationRegistry.prototype.unregister = nothing;",
  "a method of filters": "ScmpFilter.prototype.addRule = nothing;",
  "the journal of filters":
    'Object.defineProperty(ScmpFilter.prototype, "journal", { get: nothing });',
  "an inherited method of filters":
    "Object.getPrototypeOf(ScmpFilter.prototype).addRule = nothing;",
  "what an action is to the kernel":
    "ScmpAction.prototype.toNative = () => 0x7fff0000;",
  "the class behind an action": "ActAllow.constructor.fromNative = nothing;",
  "the name of a call": 'ScmpSyscall.prototype.getName = () => "read";',
  "how wide an architecture is":
    'Object.defineProperty(ScmpArch.prototype, "is64Bit", { get: () => false });',
  "how a comparison is told":
    'CompareEqual.constructor.prototype.toString = () => "";',
  "what is an error of the binding":
    "Object.defineProperty(ScmpError, Symbol.hasInstance, { value: () => true });",
  "an error's class, by one that was thrown":
    "try { makeCondition(9); } catch (error) { error.constructor.prototype.code = 1; }",
  "the class of another error":
    "Object.setPrototypeOf(VersionError, function () {});",
  "an errno": "errno.EPERM = 0;",
};

/** Says, once the plugin has returned, that its code runs. */
const LOUD =
  'const loud = (call) => function (...all) { console.log("DONE"); return call.apply(this, all); };';

/** Changes something for a moment, with a rule in it; what was handed over is kept. */
const STEAL = `
  const stolen = [];
  const holders = [
    [Array.prototype, "push"], [Array.prototype, "map"], [Array.prototype, "filter"], [Array.prototype, "includes"],
    [Map.prototype, "set"], [Map.prototype, "get"], [Object, "freeze"], [Object, "entries"],
    [globalThis, "Map"], [globalThis, "Array"], [FinalizationRegistry.prototype, "register"],
    [Object.getPrototypeOf([].values()), "next"], [Array.prototype, Symbol.iterator],
  ];
  const use = () => {
    try { filter.addRule(getSyscallFromName("rmdir"), ActErrno.setReturnCode(1)); } catch { /* it is there already */ }
    try { filter.setLogBit(false); filter.journal; new ScmpFilter(ActAllow); } catch { /* refused */ }
  };
  for (const [holder, key] of holders) {
    const before = Reflect.getOwnPropertyDescriptor(holder, key);
    const call = before.value;
    const replacement = function (...all) {
      stolen.push(this, ...all);
      return new.target ? Reflect.construct(call, all) : Reflect.apply(call, this, all);
    };
    try { Object.defineProperty(holder, key, { ...before, value: replacement }); } catch { continue; }
    use();
    Object.defineProperty(holder, key, before);
  }
  for (const key of [0, 1, 2, 3, 4, 5]) {
    try {
      Object.defineProperty(Object.prototype, key, { set(value) { stolen.push(this); }, configurable: true });
      use();
      delete Object.prototype[key];
    } catch { /* refused */ }
  }
  for (const object of stolen) {
    if (object === null || typeof object !== "object" || object === holders || object === stolen) continue;
    for (const key of Reflect.ownKeys(object)) {
      try {
        const { [key]: value } = object;
        Object.defineProperty(object, key, { get() { console.log("DONE"); return value; } });
      } catch { /* it is frozen */ }
    }
  }`;

/** What a plugin might do to what this program's code relies on. */
export const builtinAttacks: readonly Attack[] = [
  ...Object.entries(CHANGES).map(([name, change]) =>
    byPlugin(
      "P7",
      `it replaces ${name}`,
      { imports: IMPORTS, does: change },
      "closed",
    )
  ),
  byPlugin(
    "P7",
    "it replaces something while it is imported",
    {
      imports: `${IMPORTS}\nSet.prototype.union = nothing;`,
      does: "",
    },
    /it changed Set\.prototype\.union/,
  ),
  byPlugin(
    "P7",
    "it replaces something, and what would tell",
    {
      imports: IMPORTS,
      does: `
  TextEncoder.prototype.encode = nothing;
  const intact = Object.getOwnPropertyDescriptor(Map.prototype, "get");
  Reflect.getOwnPropertyDescriptor = () => intact; Object.getOwnPropertyDescriptor = () => intact;`,
    },
    "closed",
  ),
  byPlugin("P7", "it replaces something for a moment, to have what is inside", {
    imports: IMPORTS,
    does: STEAL,
  }, ({ stderr }) => assert.doesNotMatch(stderr, /DONE/)),
  byPlugin("P7", "it replaces something when its promise is waited for", {
    imports: IMPORTS,
    does: `${LOUD}
  return { then(done) {
    done();
    queueMicrotask(() => { TypedArray.prototype.set = loud(TypedArray.prototype.set); });
  } };`,
  }, "closed"),
  byPlugin(
    "P7",
    "it replaces how promises are told apart until the last one, and then the rest",
    {
      imports: IMPORTS,
      does: `${LOUD}
  const before = Object.getOwnPropertyDescriptor(Promise.prototype, "constructor");
  let looks = 0;
  Object.defineProperty(Promise.prototype, "constructor", { configurable: true, get() {
    if (++looks === 3) {
      Object.defineProperty(Promise.prototype, "constructor", before);
      TypedArray.prototype.set = loud(TypedArray.prototype.set);
    }
    return Promise;
  } });`,
    },
    "closed",
  ),
  byPlugin(
    "P7",
    "it takes this program's functions from an error's stack",
    {
      imports: IMPORTS,
      does: `
  const found = [];
  Error.prepareStackTrace = (_, sites) => {
    for (const site of sites) {
      try { found.push(site.getFunction(), site.getThis()); } catch { /* there is no such method */ }
    }
    return "";
  };
  try { filter.addRule(1, 2); } catch (error) { void error.stack; }
  delete Error.prepareStackTrace;
  const own = found.filter((value) => value !== undefined && value !== seccompExpansion && value !== globalThis);
  if (own.length > 0) console.log("DONE", own);
  try { console.log("DONE", arguments.callee.caller, seccompExpansion.caller); } catch { /* refused */ }`,
    },
    ({ stderr }) => assert.doesNotMatch(stderr, /DONE/),
  ),
  byPlugin(
    "P7",
    "one plugin changes where the next one is imported from",
    {
      imports: IMPORTS,
      does: `
  Object.defineProperty(URL.prototype, "href", { get: () => "data:text/javascript,export const seccompExpansion = () => console.log('DONE')" });
  String.prototype.replaceAll = () => "/";`,
      keys: "",
    },
    ({ stderr }) => assert.doesNotMatch(stderr, /DONE/),
    (scene) => {
      scene.file("second.js", "export function seccompExpansion() {}\n");
      const config = Deno.readTextFileSync(`${scene.path}/jacamar.toml`);
      scene.file(
        "jacamar.toml",
        config.replace('"plugin.js"', '["plugin.js", "second.js"]'),
      );
    },
  ),
];
