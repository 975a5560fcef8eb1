/**
 * What the kernel answers under the filters that a configuration makes. The
 * probes call with descriptors and paths that are wrong in a known way, so that
 * the answer tells a refusal from a call that got through.
 *
 * @module
 */
import { type Case, type Probe, testKernel } from "./kernel_case.ts";

const TIOCSTI = 0x5412n;
const TIOCLINUX = 0x541cn;
const TIOCGWINSZ = 0x5413n;
const HIGH_BIT = 1n << 32n;
const HIGH_HALF = 0xffff_ffffn << 32n;
const MINUS_ONE = 0xffff_ffff_ffff_ffffn;
/** -1 as a program has it that writes the lower half of a register only. */
const MINUS_ONE_32 = 0xffff_ffffn;

/** No such descriptor: a call that gets through answers EBADF. */
const NO_FD = MINUS_ONE_32;
/** No such file: a call that gets through answers ENOENT. */
const ABSENT = "/absent/folder/file";

const ioctl = (
  request: bigint,
  expect: Probe["expect"],
  fd = NO_FD,
): Probe => ({ call: "ioctl", args: [fd, request], expect });

const path = (call: string, expect: Probe["expect"]): Probe => ({
  call,
  args: [ABSENT],
  expect,
});

/** A configuration that allows what every probe needs, and some more. */
const allowlist = (...more: string[]) => {
  const names = ["execve", "write", "exit_group", ...more];
  return `block_all = true\nallow_calls = ${JSON.stringify(names)}\n`;
};

const INJECTION_REFUSED = [
  ioctl(TIOCSTI, "EPERM"),
  ioctl(TIOCLINUX, "EPERM"),
  ioctl(TIOCSTI, "EPERM", MINUS_ONE),
  // The kernel looks at the low 32 bits only: what is above them must not be a
  // way round.
  ioctl(TIOCSTI + HIGH_BIT, "EPERM"),
  ioctl(TIOCSTI + HIGH_HALF, "EPERM"),
  ioctl(TIOCLINUX + HIGH_BIT, "EPERM"),
  ioctl(TIOCLINUX + HIGH_HALF, "EPERM"),
  ioctl(TIOCGWINSZ, "EBADF"),
  ioctl(TIOCGWINSZ + HIGH_BIT, "EBADF"),
  ioctl(TIOCSTI - 2n, "EBADF"),
  ioctl(TIOCLINUX + 1n, "EBADF"),
  ioctl(0n, "EBADF"),
  ioctl(MINUS_ONE_32, "EBADF"),
  ioctl(MINUS_ONE, "EBADF"),
  ioctl(MINUS_ONE, "EBADF", MINUS_ONE),
  ioctl(TIOCSTI + 0x8000_0000n, "EBADF"),
];

const CASES: Readonly<Record<string, Case>> = {
  "terminal injection is refused by default": {
    config: "",
    probes: INJECTION_REFUSED,
  },
  "block_tty_injection = false lets it pass": {
    config: "block_tty_injection = false\n",
    probes: [
      ioctl(TIOCSTI, "EBADF"),
      ioctl(TIOCLINUX, "EBADF"),
      ioctl(TIOCSTI + HIGH_HALF, "EBADF"),
    ],
  },
  "an allowed ioctl does not allow terminal injection": {
    config: allowlist("ioctl"),
    probes: INJECTION_REFUSED,
  },
  "an allowed ioctl allows all of it without that rule": {
    config: `${allowlist("ioctl")}block_tty_injection = false\n`,
    probes: [ioctl(TIOCSTI, "EBADF"), ioctl(MINUS_ONE, "EBADF")],
  },
  "block_all refuses what is not allowed": {
    config: allowlist("chdir"),
    probes: [
      path("chdir", "ENOENT"),
      ioctl(TIOCGWINSZ, "EPERM"),
      path("unlinkat", "EPERM"),
      path("statfs", "EPERM"),
      { call: "getpid", args: [], expect: "EPERM" },
    ],
  },
  "block_all refuses with the errno of the configuration": {
    config: `${allowlist()}errno = "ENOTTY"\n`,
    probes: [path("statfs", "ENOTTY"), ioctl(TIOCSTI, "ENOTTY")],
  },
  "block_all refuses a number that is no call's": {
    config: allowlist(),
    probes: [
      { call: 0x3fff_ffff, args: [], expect: "EPERM" },
      { call: 0xffff_ffff, args: [], expect: "EPERM" },
    ],
  },
  "block_calls refuses what it names and nothing else": {
    config: 'block_calls = ["statfs", "truncate", "statfs"]\n',
    probes: [
      path("statfs", "EPERM"),
      path("truncate", "EPERM"),
      path("chdir", "ENOENT"),
      { call: "chdir", args: ["/"], expect: 0n },
      { call: 0x3fff_ffff, args: [], expect: "ENOSYS" },
      { call: 0xffff_ffff, args: [], expect: "ENOSYS" },
    ],
  },
  "block_calls refuses whatever the arguments are": {
    config: 'block_calls = ["close"]\n',
    probes: [0n, 1n, MINUS_ONE_32, MINUS_ONE, HIGH_BIT, HIGH_HALF].map(
      (fd) => ({ call: "close", args: [fd], expect: "EPERM" }),
    ),
  },
  "errno may be a number": {
    config: 'block_calls = ["statfs"]\nerrno = 122\n',
    probes: [path("statfs", "EDQUOT"), path("chdir", "ENOENT")],
  },
  "a blocked ioctl is blocked whatever it is for": {
    config: 'block_calls = ["ioctl"]\nerrno = "EACCES"\n',
    probes: [ioctl(TIOCGWINSZ, "EACCES"), ioctl(TIOCSTI, "EACCES")],
  },
  "a 32-bit x86 call is killed": {
    config: "",
    probes: [
      path("chdir", "ENOENT"),
      { abi: "x86", call: "getpid", args: [], expect: "SIGSYS" },
    ],
  },
  "a 32-bit x86 call is killed where the number is an allowed one": {
    // 11 is execve on x86, munmap on x86_64.
    config: allowlist("munmap"),
    probes: [
      { abi: "x86", call: "execve", args: [ABSENT], expect: "SIGSYS" },
    ],
  },
  "an x32 call is killed": {
    config: "",
    probes: [
      path("chdir", "ENOENT"),
      { abi: "x32", call: "getpid", args: [], expect: "SIGSYS" },
    ],
  },
};

for (const [name, asked] of Object.entries(CASES)) testKernel(name, asked);
