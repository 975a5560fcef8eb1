import {
  ActAllow,
  ActLog,
  ArchAMD64,
  ArchX86,
  CompareEqual,
  makeCondition,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  rule as anyRule,
  testCases,
} from "../../tests/lint_case.ts";
import { lintMultiplexed } from "./lint_multiplexed.ts";

const on = [ArchAMD64, ArchX86];
const both = { architectures: on };
const allowlist = { ...both, defaultAction: REFUSE };
const domain = [makeCondition(0, CompareEqual, 1)];
const type = [makeCondition(1, CompareEqual, 3)];
const rule: typeof anyRule = (call, action, more) =>
  anyRule(call, action, { on, ...more });

testCases({
  "an allowed call with conditions is open through socketcall": {
    journals: [journal([
      rule("socket", ActAllow, { when: domain, origin: "a" }),
      rule("socketpair", ActAllow, { when: type, origin: "b" }),
    ], allowlist)],
    says: [
      "socket cannot be told apart by arguments where made through socketcall on x86: open there with any [a]",
      "socketpair cannot be told apart by arguments where made through socketcall on x86: what is compared there is something else [b]",
    ],
  },
  "a refusal on a further argument does not hold through ipc": {
    journals: [journal([rule("shmget", REFUSE, { when: type })], both)],
    says: [
      "shmget cannot be told apart by arguments where made through ipc on x86: what is compared there is something else",
    ],
  },
  "a refusal on the first argument holds for all through socketcall": {
    journals: [journal([rule("socket", REFUSE, { when: domain })], both)],
    says: [
      "socket cannot be told apart by arguments where made through socketcall on x86: refused there altogether",
    ],
  },
  "socketcall that is allowed whole": {
    journals: [journal([
      rule("socketcall", ActAllow, { origin: "a" }),
      ..."accept accept4 bind getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmsg send sendmmsg sendmsg sendto setsockopt shutdown"
        .split(" ").map((call) => rule(call, ActAllow)),
      rule("socket", ActAllow, { when: domain, origin: "b" }),
    ], allowlist)],
    says: [
      "socketcall is open on x86: through it a job can call connect, socket and socketpair with any arguments all the same [a,b]",
    ],
  },
  "ipc that a rule logs, beside a refused call": {
    journals: [journal([
      rule("ipc", ActLog, { origin: "a" }),
      rule("shmat", REFUSE, { origin: "b" }),
    ], both)],
    says: [
      "ipc is open on x86: through it a job can call shmat with any arguments all the same [a,b]",
    ],
  },
  "calls that are refused or allowed whole": {
    journals: [
      journal([rule("socket"), rule("shmget")], both),
      journal([rule("socket", ActAllow), rule("ipc")], allowlist),
    ],
    says: [],
  },
  "another filter refuses what the first leaves open": {
    journals: [
      journal([rule("socketcall", ActAllow)], allowlist),
      journal([rule("socketcall")], both),
    ],
    says: [],
  },
  "x86 is not covered": {
    journals: [journal([anyRule("socket", REFUSE, { when: domain })])],
    says: [],
  },
}, lintMultiplexed);
