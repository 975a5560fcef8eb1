/**
 * What the kernel answers under the filters that a configuration makes. The
 * probe calls with descriptors and paths that are wrong in a known way, so that
 * the answer tells a refusal from a call that got through.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno, errnoName } from "../src/libc/errno.ts";
import { getSyscallFromName } from "../src/libseccomp/mod.ts";
import { hasCommand, run, Scratch, testEach } from "./program.ts";

const TIOCSTI = 0x5412n;
const TIOCLINUX = 0x541cn;
const TIOCGWINSZ = 0x5413n;
const HIGH_BIT = 1n << 32n;
/** No such descriptor: a call that gets through answers EBADF. */
const NO_FD = 0xffff_ffffn;

/** No such file: a call that gets through answers ENOENT. */
const ABSENT = "/absent/folder/file";

interface Probe {
  readonly call: string;
  /** Up to three arguments; a text is passed as a pointer. */
  readonly args: readonly (bigint | string)[];
  readonly expect: keyof typeof errno;
}

const ioctl = (request: bigint, expect: Probe["expect"]): Probe => ({
  call: "ioctl",
  args: [NO_FD, request, 0n],
  expect,
});

const path = (call: string, expect: Probe["expect"]): Probe => ({
  call,
  args: [ABSENT, 0n, 0n],
  expect,
});

const INJECTION_REFUSED = [
  ioctl(TIOCSTI, "EPERM"),
  ioctl(TIOCLINUX, "EPERM"),
  // The kernel looks at the low 32 bits only: what is above them must not be a
  // way round.
  ioctl(TIOCSTI + HIGH_BIT, "EPERM"),
  ioctl(TIOCLINUX + (0xffff_ffffn << 32n), "EPERM"),
  ioctl(TIOCGWINSZ, "EBADF"),
  ioctl(TIOCGWINSZ + HIGH_BIT, "EBADF"),
  ioctl(TIOCSTI - 2n, "EBADF"),
  ioctl(TIOCLINUX + 1n, "EBADF"),
  ioctl(0n, "EBADF"),
  ioctl(0xffff_ffffn, "EBADF"),
  ioctl(TIOCSTI + 0x8000_0000n, "EBADF"),
];

/**
 * What perl needs to start, to make the call and to print its answer, on x86_64
 * and aarch64.
 */
const FOR_PERL = [
  ...[
    "execve",
    "brk",
    "mmap",
    "munmap",
    "mprotect",
    "openat",
    "newfstatat",
    "fstat",
    "close",
    "read",
  ],
  ...[
    "pread64",
    "lseek",
    "fcntl",
    "write",
    "exit_group",
    "rt_sigaction",
    "rt_sigprocmask",
    "getrandom",
  ],
  ...[
    "set_tid_address",
    "set_robust_list",
    "rseq",
    "prlimit64",
    "futex",
    "getuid",
    "geteuid",
    "getgid",
  ],
  ...[
    "getegid",
    "getpid",
    "gettid",
    "faccessat",
    "readlinkat",
    "dup",
    "getppid",
    "clock_gettime",
  ],
];
const FOR_PERL_X86 = [
  "access",
  "arch_prctl",
  "readlink",
  "stat",
  "lstat",
  "poll",
];

const names = Deno.build.arch === "x86_64"
  ? [...FOR_PERL, ...FOR_PERL_X86]
  : FOR_PERL;
const allowlist = (...more: string[]) =>
  `block_all = true\nallow_calls = ${JSON.stringify([...names, ...more])}\n`;

const CASES: Readonly<
  Record<string, { config: string; probes: readonly Probe[] }>
> = {
  "terminal injection is refused by default": {
    config: "",
    probes: INJECTION_REFUSED,
  },
  "block_tty_injection = false lets it pass": {
    config: "block_tty_injection = false\n",
    probes: [ioctl(TIOCSTI, "EBADF"), ioctl(TIOCLINUX, "EBADF")],
  },
  "an allowed ioctl does not allow terminal injection": {
    config: allowlist("ioctl"),
    probes: INJECTION_REFUSED,
  },
  "an allowed ioctl allows all of it without that rule": {
    config: `${allowlist("ioctl")}block_tty_injection = false\n`,
    probes: [ioctl(TIOCSTI, "EBADF")],
  },
  "block_all refuses what is not allowed": {
    config: allowlist("rmdir"),
    probes: [
      ioctl(TIOCGWINSZ, "EPERM"),
      path("unlinkat", "EPERM"),
      path("statfs", "EPERM"),
    ],
  },
  "block_all refuses with the errno of the configuration": {
    config: `${allowlist()}errno = "ENOSYS"\n`,
    probes: [path("statfs", "ENOSYS"), ioctl(TIOCSTI, "ENOSYS")],
  },
  "block_calls refuses what it names and nothing else": {
    config: 'block_calls = ["statfs", "truncate", "statfs"]\n',
    probes: [
      path("statfs", "EPERM"),
      path("truncate", "EPERM"),
      path("chdir", "ENOENT"),
    ],
  },
  "errno may be a number": {
    config: 'block_calls = ["statfs"]\nerrno = 122\n',
    probes: [path("statfs", "EDQUOT"), path("chdir", "ENOENT")],
  },
  "a blocked ioctl is blocked whatever it is for": {
    config: 'block_calls = ["ioctl"]\nerrno = "EACCES"\n',
    probes: [ioctl(TIOCGWINSZ, "EACCES"), ioctl(TIOCSTI, "EACCES")],
  },
};

for (const [name, { config, probes }] of Object.entries(CASES)) {
  testEach(`the kernel agrees: ${name}`, async (program) => {
    using scratch = new Scratch();
    const file = scratch.config(`${config}`);
    for (const { call, args, expect } of probes) {
      const { number } = getSyscallFromName(call);
      const values = args.map((arg) => typeof arg === "bigint" ? arg : "$path");
      // Decimal without quotes is a number to perl, and its integers have 64
      // bits.
      const script = `my $path = "${ABSENT}"; syscall(${
        [number, ...values].join(", ")
      }); print $! + 0;`;
      const result = await run(
        program,
        ["exec", "-u", "-c", file, "--stage", "x", "--", "perl", "-e", script],
      );
      const asked = `${call}(${values.join(", ")}) answers ${
        errnoName(Number(result.stdout))
      }`;
      assert.equal(
        result.stdout,
        String(errno[expect]),
        `${asked}; ${result.stderr}`,
      );
    }
  }, hasCommand("perl") ? undefined : "needs perl");
}

testEach(
  "the kernel agrees: another ABI is killed",
  async (program) => {
    using scratch = new Scratch();
    const file = scratch.config();
    const X32 = 0x4000_0000;
    const { signal } = await run(
      program,
      [
        "exec",
        "-c",
        file,
        "--stage",
        "x",
        "--",
        "perl",
        "-e",
        `syscall(${X32 + 39});`,
      ],
    );
    assert.equal(signal, "SIGSYS");
  },
  Deno.build.arch === "x86_64" && hasCommand("perl")
    ? undefined
    : "needs perl on x86_64",
);
