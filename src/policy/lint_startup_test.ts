import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ArchARM64,
  CompareEqual,
  makeCondition,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  refuse,
  rule,
  testCases,
} from "../../tests/lint_case.ts";
import { lintStartup } from "./lint_startup.ts";

const NEEDED = [
  "execve",
  "mmap",
  "mprotect",
  "openat",
  "read",
  "pread64",
  "newfstatat",
  "close",
  "arch_prctl",
  "exit_group",
];
const allow = (...calls: readonly string[]) =>
  calls.map((call) => rule(call, ActAllow));
const without = (...calls: readonly string[]) =>
  allow(...NEEDED.filter((call) => !calls.includes(call)));
const allowlist = { defaultAction: REFUSE };
const when = [makeCondition(0, CompareEqual, 1)];

testCases({
  "an allowlist with all that a program needs": {
    journals: [journal(allow(...NEEDED), allowlist)],
    says: [],
  },
  "an allowlist without mmap and close": {
    journals: [journal(without("mmap", "close"), allowlist)],
    says: ["no dynamically linked program can start without mmap and close []"],
  },
  "an allowlist whose default action somebody chose": {
    journals: [journal(
      [...without("mmap", "close"), rule("close", REFUSE, { origin: "b" })],
      { ...allowlist, defaultOrigin: "block_all" },
    )],
    says: [
      "no dynamically linked program can start without mmap and close [block_all,b]",
    ],
  },
  "an allowlist without any of the calls of which one is needed": {
    journals: [journal(without("newfstatat"), allowlist)],
    says: [
      "no dynamically linked program can start without newfstatat/fstat/statx []",
    ],
  },
  "an allowlist with another of them": {
    journals: [
      journal([...without("newfstatat"), ...allow("fstat")], allowlist),
    ],
    says: [],
  },
  "an allowlist with a needed call on a condition": {
    journals: [
      journal(
        [...without("mmap"), rule("mmap", ActAllow, { when })],
        allowlist,
      ),
    ],
    says: [],
  },
  "a needed call that a rule refuses": {
    journals: [journal(refuse("openat"))],
    says: ["no dynamically linked program can start without openat"],
  },
  "an allowlist that kills what it does not have": {
    journals: [journal(allow(...NEEDED), { defaultAction: ActKillProcess })],
    says: [
      "no dynamically linked program can start without brk, munmap and access []",
    ],
  },
  "what aarch64 does not have is not needed there": {
    journals: [journal(
      without("arch_prctl", "pread64").map((each) => ({
        ...each,
        architectures: [ArchARM64],
      })),
      { ...allowlist, architectures: [ArchARM64] },
    )],
    on: ArchARM64,
    says: [],
  },
  "clone3 with another errno than ENOSYS": {
    journals: [journal(refuse("clone3"))],
    says: [
      "clone3 is refused with ActErrno(EPERM): glibc 2.34 and later start no threads, as they turn to clone on ENOSYS only",
    ],
  },
  "clone3 with ENOSYS": {
    journals: [journal([rule("clone3", ActErrno.setReturnCode(38))])],
    says: [],
  },
  "clone3 together with clone": {
    journals: [journal(refuse("clone", "clone3"))],
    says: [],
  },
  "an allowlist with clone, and without clone3": {
    journals: [journal(allow(...NEEDED, "clone"), allowlist)],
    says: [
      "clone3 is refused with ActErrno(EPERM): glibc 2.34 and later start no threads, as they turn to clone on ENOSYS only []",
    ],
  },
}, (_, states) => lintStartup(states));
