import {
  ActAllow,
  ActErrno,
  ActLog,
  ArchAMD64,
  ArchARM64,
  ArchX32,
  ArchX86,
  CompareEqual,
  CompareMaskedEqual,
  makeCondition,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  refuse,
  rule,
  testCases,
} from "../../tests/lint_case.ts";
import { lintWaysRound } from "./lint_ways_round.ts";

const CLONE_NEWUSER = 0x1000_0000;
const CLONE_PTRACE = 0x2000;
const flag = (bit: number) => [
  makeCondition(0, CompareMaskedEqual, bit, bit),
];
const AF_NETLINK = makeCondition(0, CompareEqual, 16);
const ENOSYS = ActErrno.setReturnCode(38);

testCases({
  "files and connections through io_uring": {
    journals: [
      journal([
        ...refuse("open", "openat", "openat2", "creat", "mkdir", "mkdirat"),
        rule("connect", REFUSE, { origin: "b" }),
      ]),
    ],
    says: [
      "io_uring_setup is open: with io_uring a job can open files, make directories and connect all the same, past every filter [test,b]",
    ],
  },
  "some sockets through io_uring": {
    journals: [journal([rule("socket", REFUSE, { when: [AF_NETLINK] })])],
    says: [
      "io_uring_setup is open: with io_uring a job can make sockets all the same, past every filter",
    ],
  },
  "further operations of io_uring": {
    journals: [journal(
      refuse(
        "fallocate",
        "sendto",
        "sendmsg",
        "sendmmsg",
        "splice",
        "pipe",
        "pipe2",
      ),
    )],
    says: [
      "io_uring_setup is open: with io_uring a job can allocate space, splice, make pipes and send all the same, past every filter",
    ],
  },
  "what io_uring cannot do": {
    journals: [journal(refuse("chmod", "fchmodat", "ptrace", "mount"))],
    says: [],
  },
  "what a sibling does without io_uring": {
    journals: [journal(refuse("mkdir"))],
    says: [],
  },
  "no io_uring": {
    journals: [journal(refuse("connect", "io_uring_setup"))],
    says: [],
  },
  "no io_uring in another filter": {
    journals: [journal(refuse("connect")), journal(refuse("io_uring_setup"))],
    says: [],
  },
  "an allowlist with io_uring, and without connect": {
    journals: [journal(
      [
        ...["open", "mkdir", "unlink", "unlinkat", "rename", "link", "symlink"],
        ...["read", "write", "close", "stat", "truncate", "fallocate", "fsync"],
        ...["setxattr", "getxattr", "splice", "tee", "pipe", "socket", "bind"],
        ...["listen", "accept", "sendto", "recvfrom", "shutdown", "setsockopt"],
        ...["getsockopt", "poll", "epoll_ctl", "epoll_wait", "wait4", "futex"],
        ...["nanosleep", "madvise", "fadvise64"],
      ].map((call) => rule(call, ActAllow)).concat(
        rule("io_uring_setup", ActAllow, { origin: "a:7" }),
      ),
      { defaultAction: REFUSE },
    )],
    says: [
      "io_uring_setup is open: with io_uring a job can connect all the same, past every filter [a:7]",
    ],
  },
  "unshare without clone and clone3": {
    journals: [journal(refuse("unshare"))],
    says: [
      "unshare is kept from making namespaces and clone and clone3, which make them too, are not",
    ],
  },
  "clone by its flags without unshare": {
    journals: [journal([
      rule("clone", REFUSE, { when: flag(CLONE_NEWUSER) }),
      rule("clone3", ENOSYS),
    ])],
    says: [
      "clone is kept from making namespaces and unshare, which makes them too, is not",
    ],
  },
  "all three that make namespaces": {
    journals: [journal([
      rule("clone", REFUSE, { when: flag(CLONE_NEWUSER) }),
      rule("clone3", ENOSYS),
      rule("unshare", REFUSE, { when: flag(CLONE_NEWUSER) }),
    ])],
    says: [],
  },
  "clone by flags that make no namespace": {
    journals: [journal([
      rule("clone", REFUSE, { when: flag(CLONE_PTRACE) }),
      rule("clone3", ENOSYS),
    ])],
    says: [],
  },
  "an architecture that came after the rules": {
    journals: [journal(refuse("mkdir", "arch_prctl", "ptrace"), {
      architectures: [ArchAMD64, ArchX86],
    })],
    says: [
      "mkdir, arch_prctl and ptrace are refused on x86_64 and not on x86, which was added after the rule",
    ],
  },
  "an architecture that came before the rules": {
    journals: [journal([
      rule("mkdir", REFUSE, { on: [ArchAMD64, ArchX86] }),
    ], { architectures: [ArchAMD64, ArchX86] })],
    says: [],
  },
  "an architecture that came after a call that it does not have": {
    journals: [journal(refuse("newfstatat"), {
      architectures: [ArchAMD64, ArchX86],
    })],
    says: [],
  },
  "an architecture that another filter does not let pass": {
    journals: [
      journal(refuse("mkdir"), { architectures: [ArchAMD64, ArchX32] }),
      journal(refuse("ptrace")),
    ],
    says: [],
  },
  "other architectures pass": {
    journals: [journal(refuse("ptrace"), {
      badArchAction: ActAllow,
      badArchOrigin: "plugin a",
    })],
    says: [
      "a call made on x86 or x32 passes every rule: the action for it is ActAllow [plugin a]",
    ],
  },
  "other architectures pass an allowlist, on aarch64": {
    journals: [journal([rule("io_uring_setup", REFUSE, { on: [ArchARM64] })], {
      architectures: [ArchARM64],
      defaultAction: REFUSE,
      badArchAction: ActLog,
    })],
    on: ArchARM64,
    says: [
      "a call made on arm passes every rule: the action for it is ActLog []",
    ],
  },
  "other architectures pass one filter and not the other": {
    journals: [
      journal(refuse("ptrace"), { badArchAction: ActAllow }),
      journal(refuse("ptrace")),
    ],
    says: [],
  },
  "other architectures pass a filter that refuses nothing": {
    journals: [journal([rule("mkdir", ActLog)], { badArchAction: ActLog })],
    says: [],
  },
  "there is no other architecture that is not covered": {
    journals: [journal([
      rule("ptrace", REFUSE, { on: [ArchAMD64, ArchX86, ArchX32] }),
    ], {
      architectures: [ArchAMD64, ArchX86, ArchX32],
      badArchAction: ActAllow,
    })],
    says: [],
  },
}, lintWaysRound);
