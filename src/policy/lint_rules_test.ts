import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActNotify,
  ActTrace,
  ArchAMD64,
  ArchARM64,
  ArchX86,
  CompareEqual,
  makeCondition,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  refuse,
  rule,
  testCases,
} from "../../tests/lint_case.ts";
import { lintRules } from "./lint_rules.ts";

const ENOSYS = ActErrno.setReturnCode(38);
const when = [makeCondition(0, CompareEqual, 1)];
const onArm = { architectures: [ArchARM64] };

testCases({
  "a rule for a call that does not exist here": {
    journals: [journal([
      rule("socketcall", REFUSE, { origin: "a" }),
      rule("cacheflush", REFUSE, { origin: "b" }),
      rule("stime", REFUSE, { origin: "b" }),
    ])],
    says: [
      "socketcall does not exist on x86_64: its rule has no effect [a]",
      "cacheflush and stime do not exist on x86_64: their rules have no effect [b]",
    ],
  },
  "a call that one of the rule's architectures has exists": {
    journals: [journal([
      rule("socketcall", REFUSE, { on: [ArchAMD64, ArchX86] }),
    ], { architectures: [ArchAMD64, ArchX86] })],
    says: [],
  },
  "a call that is made through another one exists": {
    journals: [journal([
      rule("accept", REFUSE, { on: [ArchX86] }),
    ], { architectures: [ArchX86] })],
    says: [],
  },
  "a call by a number without a name": {
    journals: [journal([rule(new ScmpSyscall(900))])],
    says: [],
  },
  "mkdir on aarch64": {
    journals: [journal([rule("mkdir", REFUSE, { on: [ArchARM64] })], onArm)],
    on: ArchARM64,
    says: ["mkdir does not exist on aarch64: its rule has no effect"],
  },
  "mkdir on aarch64, with mkdirat for it": {
    journals: [
      journal(
        ["mkdir", "mkdirat"].map((call) =>
          rule(call, REFUSE, { on: [ArchARM64] })
        ),
        onArm,
      ),
    ],
    on: ArchARM64,
    says: [],
  },
  "an allowed open on aarch64, with openat for it": {
    journals: [
      journal(
        ["open", "openat"].map((call) =>
          rule(call, ActAllow, { on: [ArchARM64] })
        ),
        { ...onArm, defaultAction: REFUSE },
      ),
    ],
    on: ArchARM64,
    says: [],
  },
  "an allowed open on aarch64, without openat": {
    journals: [journal([rule("open", ActAllow, { on: [ArchARM64] })], {
      ...onArm,
      defaultAction: REFUSE,
    })],
    on: ArchARM64,
    says: ["open does not exist on aarch64: its rule has no effect"],
  },
  "two rules for a call, of which the first wins": {
    journals: [journal([
      rule("mkdir", REFUSE, { origin: "a" }),
      rule("mkdir", ActKillProcess, { origin: "b" }),
    ])],
    says: [
      "mkdir has two rules, of which ActErrno(EPERM), the first, wins and ActKillProcess loses [a,b]",
    ],
  },
  "a rule with a condition before one without": {
    journals: [journal([
      rule("socket", ENOSYS, { when, origin: "a" }),
      rule("socket", REFUSE, { origin: "b" }),
    ])],
    says: [
      "socket has a rule ActErrno(ENOSYS) on a condition, which loses to ActErrno(EPERM) without one [b,a]",
    ],
  },
  "the same rule twice, and one that is part of another": {
    journals: [journal([
      ...refuse("mkdir", "mkdir", "socket"),
      rule("socket", REFUSE, { when }),
    ])],
    says: [],
  },
  "two rules in two filters, of which the kernel takes the stricter": {
    journals: [
      journal(refuse("mkdir")),
      journal([rule("mkdir", ActKillProcess)]),
    ],
    says: [],
  },
  "two rules for two architectures": {
    journals: [journal([
      rule("mkdir", REFUSE, { on: [ArchAMD64] }),
      rule("mkdir", ENOSYS, { on: [ArchX86] }),
    ], { architectures: [ArchAMD64, ArchX86] })],
    says: [],
  },
  "calls that are handed to nobody": {
    journals: [journal([
      rule("mkdir", ActNotify, { origin: "a" }),
      rule("mkdirat", ActNotify, { origin: "a" }),
      rule("ptrace", ActTrace, { origin: "b" }),
    ])],
    says: [
      "mkdir and mkdirat fail with ENOSYS: nobody listens to ActNotify [a]",
      "ptrace fails with ENOSYS: there is no tracer for ActTrace [b]",
    ],
  },
  "default actions that hand calls to nobody": {
    journals: [
      journal([], {
        defaultAction: ActTrace,
        defaultOrigin: "a",
        badArchAction: ActTrace,
        badArchOrigin: "b",
      }),
    ],
    says: [
      "every call without a rule and every call of another architecture fail with ENOSYS: there is no tracer for ActTrace [a,b]",
    ],
  },
}, lintRules);
