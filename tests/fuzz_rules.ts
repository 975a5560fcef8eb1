/**
 * What plugins do to their filter, as JavaScript: right and wrong operations,
 * and sets of rules that libseccomp may get wrong.
 *
 * @module
 */
import fc from "fast-check";

const from = (...texts: readonly string[]) => fc.constantFrom(...texts);

const CALL_NAMES = [
  ...["mkdir", "socket", "ioctl", "setuid", "semop", "personality", "seccomp"],
  ...["read", "exit_group", "execve", "prctl", "getpid"],
];

/** What is no call, action, condition, number or architecture. */
const wrong = from(
  ...["undefined", "null", "true", "-1", "1.5", "NaN", "2n ** 64n", '"mkdir"'],
  ...["{}", "[]", "Symbol('x')", "() => {}", "new Proxy({}, {})", "filter"],
  ...[
    "Object.create(ScmpAction.prototype)",
    "Object.create(ScmpSyscall.prototype)",
  ],
  ...["{ get kind() { throw new Error('kind'); } }", "new Array(7)"],
  ...["new Proxy([], { get() { throw new Error('get'); } })", "Infinity"],
);

/** Mostly what is right. */
const or = (right: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: wrong });

const call = or(fc.oneof(
  {
    weight: 12,
    arbitrary: from(...CALL_NAMES).map((name) =>
      `getSyscallFromName("${name}")`
    ),
  },
  {
    weight: 1,
    arbitrary: from("0", "-1", "-101", "1000", "0x40000000", "2 ** 31", "1.5")
      .map((number) => `new ScmpSyscall(${number})`),
  },
));

const action = or(from(
  ...["ActErrno.setReturnCode(1)", "ActErrno.setReturnCode(38)", "ActLog"],
  ...["ActErrno.setReturnCode(1)", "ActErrno.setReturnCode(0)", "ActAllow"],
  ...["ActKillProcess", "ActKillThread", "ActTrap", "ActTrace", "ActNotify"],
  ...["ActErrno", "ActTrace.setReturnCode(7)"],
));

const number = or(from(
  ...["0", "1", "5", "0xffffffff", "2 ** 32", "2n ** 32n + 1n"],
  ...["2n ** 63n", "2n ** 64n - 1n", "0x5412"],
));
const index = or(from("0", "0", "1", "1", "2", "5"));
const equal = fc.oneof(
  fc.tuple(index, number).map(([at, value]) =>
    `makeCondition(${at}, CompareEqual, ${value})`
  ),
  fc.tuple(index, number, number).map(([at, mask, value]) =>
    `makeCondition(${at}, CompareMaskedEqual, ${mask}, ${value})`
  ),
);
const ordered = fc.tuple(
  index,
  from("NotEqual", "Less", "LessOrEqual", "GreaterEqual", "Greater"),
  number,
).map(([at, op, value]) => `makeCondition(${at}, Compare${op}, ${value})`);

const list = (
  one: fc.Arbitrary<string>,
  minLength: number,
  maxLength: number,
) =>
  fc.array(one, { minLength, maxLength }).map((all) => `[${all.join(", ")}]`);

/** Rules on two arguments of one call can keep libseccomp searching for ever. */
const conditions = or(fc.oneof(
  { weight: 20, arbitrary: list(equal, 1, 3) },
  { weight: 20, arbitrary: list(ordered, 1, 1) },
  { weight: 1, arbitrary: list(fc.oneof(equal, ordered), 0, 7) },
));

const arch = or(
  from("ArchX86", "ArchX32", "ArchAMD64", "ArchARM64", "ArchARM", "ArchS390X"),
);
const boolean = or(from("true", "false"));

/** `NAME(ARG, …)` on the filter. */
const method = (name: string, ...args: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...args).map((values) => `filter.${name}(${values.join(", ")})`);

const rules = fc.oneof(
  method("addRule", call, action),
  method("addRuleExact", call, action),
  method("addRuleConditional", call, action, conditions),
  method("addRuleConditional", call, action, conditions),
  method("addRuleConditionalExact", call, action, conditions),
);

const sink = or(
  from("{ writeSync: (b) => b.length }", "{ writeSync: () => { throw 1; } }"),
);

const others = fc.oneof(
  method("reset", action),
  method("setBadArchAction", action),
  method("addArch", arch),
  method("removeArch", arch),
  method("isArchPresent", arch),
  method("setSyscallPriority", call, or(from("0", "255", "256"))),
  method("setOptimize", or(from("1", "2", "3", "2 ** 32 + 1"))),
  ...["NoNewPrivsBit", "LogBit", "SSB", "RawRC", "WaitKill"]
    .map((name) => method(`set${name}`, boolean)),
  from(
    ...["getDefaultAction", "getBadArchAction", "exportBPFMem", "exportPFCMem"],
    ...["getWaitKill", "isValid", "precompute", "transactionStart", "getSSB"],
    ...[
      "transactionCommit",
      "transactionReject",
      "getNotifFd",
      "load",
      "release",
    ],
  ).map((name) => `filter.${name}()`),
  method("exportBPF", sink),
  method("exportPFC", sink),
  fc.tuple(action, arch).map(([action, arch]) =>
    `{ const other = new ScmpFilter(${action}); other.addArch(${arch}); filter.merge(other); }`
  ),
  from(
    ...["filter.merge(filter)", "filter.journal.rules.push(1)", "setAPI(1)"],
    ...[
      "filter.journal.rules[0].action = ActAllow",
      "filter.constructor(ActAllow)",
    ],
    "new ScmpFilter(ActAllow).load()",
    "Object.defineProperty(filter, 'journal', { get: () => ({ rules: [] }) })",
    "for (let i = 0; i < 500; i++) filter.addRuleConditional(getSyscallFromName('read'), ActLog, [makeCondition(0, CompareEqual, i)])",
  ),
);

/** Statements of a plugin, each with its own error or without. */
export const filterOperations: fc.Arbitrary<readonly string[]> = fc.array(
  fc.tuple(
    fc.oneof({ weight: 8, arbitrary: rules }, { weight: 3, arbitrary: others }),
    fc.nat(9),
  ).map(([text, careless]) =>
    careless < 8 ? `try { ${text}; } catch { /* on it goes */ }` : `${text};`
  ),
  { maxLength: 12 },
);

/** What the statements above need. */
export const IMPORTS = `import {
  ActAllow, ActErrno, ActKillProcess, ActKillThread, ActLog, ActNotify, ActTrace, ActTrap,
  ArchAMD64, ArchARM, ArchARM64, ArchS390X, ArchX32, ArchX86,
  CompareEqual, CompareGreater, CompareGreaterEqual, CompareLess, CompareLessOrEqual,
  CompareMaskedEqual, CompareNotEqual,
  getSyscallFromName, makeCondition, ScmpAction, ScmpFilter, ScmpSyscall, setAPI,
} from "jacamar-seccomp";
`;

/** A plugin that does nothing else than to change its filter. */
export const rulePlugin: fc.Arbitrary<string> = fc.tuple(
  filterOperations,
  fc.boolean(),
).map(([statements, isAsync]) =>
  `${IMPORTS}export ${
    isAsync ? "async " : ""
  }function seccompExpansion(filter) {\n` +
  `${statements.map((text) => `  ${text}\n`).join("")}}\n`
);
