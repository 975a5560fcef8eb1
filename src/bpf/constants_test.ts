import assert from "node:assert/strict";
import { hasCommand, Scratch, testUnless } from "../../tests/program.ts";
import { families } from "./_constants_parse.ts";
import {
  ArgumentError,
  constant,
  type ConstantAbi,
  constantNames,
  describeConstant,
  parseArgument,
} from "./constants.ts";

const native: ConstantAbi = Deno.build.arch;

const KERNEL_HEADERS = `
  asm/fcntl.h asm/ioctls.h asm/mman.h asm/prctl.h asm/ptrace.h asm/resource.h
  asm/signal.h asm/sockios.h asm/termbits.h linux/blktrace_api.h linux/bpf.h
  linux/btrfs.h linux/capability.h linux/cdrom.h linux/close_range.h
  linux/dm-ioctl.h linux/eventfd.h linux/eventpoll.h linux/fadvise.h
  linux/falloc.h linux/fanotify.h linux/fcntl.h linux/fd.h linux/fiemap.h
  linux/filter.h linux/fs.h linux/fsverity.h linux/fuse.h linux/futex.h
  linux/if_tun.h linux/in.h linux/in6.h linux/inotify.h linux/io_uring.h
  linux/ioprio.h linux/ipc.h linux/kcmp.h linux/kd.h linux/kexec.h
  linux/keyctl.h linux/kvm.h linux/landlock.h linux/loop.h linux/membarrier.h
  linux/memfd.h linux/mempolicy.h linux/mman.h linux/module.h linux/mount.h
  linux/msg.h linux/net.h linux/netlink.h linux/nsfs.h linux/openat2.h
  linux/perf_event.h linux/personality.h linux/pidfd.h linux/prctl.h
  linux/ptrace.h linux/quota.h linux/random.h linux/reboot.h linux/resource.h
  linux/rtc.h linux/sched.h linux/seccomp.h linux/sem.h linux/serial.h
  linux/shm.h linux/signalfd.h linux/sockios.h linux/stat.h linux/time.h
  linux/timerfd.h linux/tiocl.h linux/usbdevice_fs.h linux/userfaultfd.h
  linux/vhost.h linux/vt.h linux/wait.h linux/xattr.h scsi/sg.h`.trim().split(
  /\s+/,
);

function include(header: string): string {
  return `#if __has_include(<${header}>)\n#include <${header}>\n#endif`;
}

/**
 * The C library's headers go first, and the kernel's types that it has too get
 * other names. Without __GLIBC__, the kernel's leave nothing out in favour of it.
 */
const HEADERS = `
#include <sys/socket.h>
#include <sys/eventfd.h>
#undef __GLIBC__
#define timeval kernel_timeval
#define sigset_t kernel_sigset_t
${KERNEL_HEADERS.map(include).join("\n")}`;

/** What gcc makes of names; those that its headers do not have are left out. */
function askCompiler(names: readonly string[]): Map<string, bigint> {
  using scratch = new Scratch();
  const program = `${scratch.path}/constants`;
  const lines = names.map((name, at) =>
    `#line ${at + 1} "constants"\n(unsigned long long)(${name}),`
  );
  const source = `${HEADERS}
int printf(const char *, ...);
const unsigned long long values[] = {
${lines.join("\n")}
};
int main(void) {
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
    printf("%llu\\n", values[i]);
}`;
  const { success, stderr } = new Deno.Command("gcc", {
    args: ["-w", "-o", program, scratch.file("constants.c", source)],
    env: { LC_ALL: "C" },
    stdout: "null",
  }).outputSync();
  const complaints = new TextDecoder().decode(stderr);
  if (!success) {
    const unknown = new Set(
      [...complaints.matchAll(/^constants:(\d+):/gm)].map(([, line]) =>
        names[Number(line) - 1]
      ),
    );
    assert.notEqual(unknown.size, 0, complaints);
    return askCompiler(names.filter((name) => !unknown.has(name)));
  }
  const { stdout } = new Deno.Command(program).outputSync();
  const values = new TextDecoder().decode(stdout).trim().split("\n");
  return new Map(names.map((name, at) => [name, BigInt(values[at])]));
}

testUnless(
  hasCommand("gcc") ? undefined : "there is no gcc",
  "constants have the values that they have in C",
  () => {
    const names = constantNames().filter((name) =>
      constant(name, native) !== undefined
    );
    const inC = askCompiler(names);
    assert.deepEqual(
      [...inC].filter(([name, value]) => constant(name, native) !== value),
      [],
    );
    // The rest is newer than the headers here, or the C library's.
    const missing = names.filter((name) => !inC.has(name));
    assert.ok(inC.size > 0.75 * names.length, missing.join(" "));
  },
);

Deno.test("each name is in the tables once", () => {
  const names = [...families.values()].flat().map(({ name }) => name);
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

const VALUES: readonly [string, ConstantAbi, bigint | undefined][] = [
  ["TIOCSTI", "x86_64", 0x5412n],
  ["TIOCLINUX", "aarch64", 0x541cn],
  ["O_LARGEFILE", "x86_64", 0o100000n],
  ["O_LARGEFILE", "aarch64", 0o400000n],
  ["O_DIRECTORY", "x86", 0o200000n],
  ["O_DIRECTORY", "arm", 0o40000n],
  ["O_NOFOLLOW", "arm", 0o100000n],
  ["O_DIRECT", "aarch64", 0o200000n],
  ["AT_FDCWD", "x86_64", 2n ** 64n - 100n],
  ["FS_IOC_GETFLAGS", "x86_64", 0x80086601n],
  ["FS_IOC_GETFLAGS", "x32", 0x80046601n],
  ["F_SETLK64", "x86", 13n],
  ["F_SETLK64", "x86_64", undefined],
  ["MAP_32BIT", "x86_64", 0x40n],
  ["MAP_32BIT", "aarch64", undefined],
  ["PROT_BTI", "aarch64", 0x10n],
  ["PROT_BTI", "x86_64", undefined],
  ["CLONE_NEWUSER", "x86_64", 0x10000000n],
  ["O_CREATE", "x86_64", undefined],
];

for (const [name, abi, value] of VALUES) {
  Deno.test(`${name} of ${abi} is ${value ?? "unknown"}`, () => {
    assert.equal(constant(name, abi), value);
  });
}

const ARGUMENTS: readonly [string, bigint][] = [
  ["0", 0n],
  ["10", 10n],
  ["0xFf", 255n],
  ["0o17", 15n],
  ["0b101", 5n],
  ["0644", 0o644n],
  ["00", 0n],
  ["-1", 2n ** 64n - 1n],
  ["-0x10", 2n ** 64n - 16n],
  ["-9223372036854775808", 2n ** 63n],
  ["18446744073709551615", 2n ** 64n - 1n],
  ["TIOCSTI", 0x5412n],
  ["O_CREAT|O_WRONLY", 0o101n],
  [" O_CREAT | 0x2 ", 0o102n],
];

for (const [text, value] of ARGUMENTS) {
  Deno.test(`"${text}" is the argument ${value}`, () => {
    assert.equal(parseArgument(text, "x86_64"), value);
  });
}

const WRONG: readonly [string, string, string][] = [
  ["", "", "an argument is empty"],
  ["O_CREAT|", "", '"O_CREAT|" has nothing on one side of a "|"'],
  ["O_CREAT|O_WRITE", "O_WRITE", 'there is no constant "O_WRITE"'],
  ["o_creat", "o_creat", 'there is no constant "o_creat"'],
  ["PROT_MTE", "PROT_MTE", '"PROT_MTE" does not exist on x86_64'],
  ["-O_CREAT", "-O_CREAT", 'there is no constant "-O_CREAT"'],
  ["089", "089", '"089" is not a number'],
  ["1|0xg", "0xg", '"0xg" is not a number'],
  ["1.5", "1.5", '"1.5" is not a number'],
  [
    "18446744073709551616",
    "18446744073709551616",
    '"18446744073709551616" does not fit into 64 bits',
  ],
  [
    "-9223372036854775809",
    "-9223372036854775809",
    '"-9223372036854775809" does not fit into 64 bits',
  ],
];

for (const [text, part, message] of WRONG) {
  Deno.test(`"${text}" is no argument`, () => {
    assert.throws(() => parseArgument(text, "x86_64"), (error) => {
      assert.ok(error instanceof ArgumentError && error instanceof RangeError);
      assert.deepEqual([error.part, error.message], [part, message]);
      return true;
    });
  });
}

const DESCRIPTIONS: readonly [string, number, bigint, string | undefined][] = [
  ["ioctl", 1, 0x5412n, "TIOCSTI"],
  ["ioctl", 1, 0x541cn, "TIOCLINUX"],
  ["ioctl", 1, 0x5401n, "TCGETS"],
  ["ioctl", 1, 0x541bn, "FIONREAD"],
  ["ioctl", 1, 0x1_0000_5412n, undefined],
  ["ioctl", 0, 0x5412n, undefined],
  ["socket", 0, 1n, "AF_UNIX"],
  ["socket", 0, 16n, "AF_NETLINK"],
  ["socket", 1, 1n, "SOCK_STREAM"],
  ["socket", 1, 0o2000003n, "SOCK_RAW|SOCK_CLOEXEC"],
  ["prctl", 0, 38n, "PR_SET_NO_NEW_PRIVS"],
  ["personality", 0, 8n, "PER_LINUX32"],
  ["personality", 0, 0x40000n, "ADDR_NO_RANDOMIZE"],
  ["personality", 0, 0x40008n, "PER_LINUX32|ADDR_NO_RANDOMIZE"],
  ["personality", 0, 0x4100001n, "PER_SVR4"],
  ["personality", 0, 0xffffffffn, undefined],
  ["ptrace", 0, 16n, "PTRACE_ATTACH"],
  ["bpf", 0, 5n, "BPF_PROG_LOAD"],
  ["fcntl", 1, 4n, "F_SETFL"],
  ["seccomp", 0, 1n, "SECCOMP_SET_MODE_FILTER"],
  ["keyctl", 0, 1n, "KEYCTL_JOIN_SESSION_KEYRING"],
  ["kill", 1, 9n, "SIGKILL"],
  ["tgkill", 2, 6n, "SIGABRT"],
  ["socketcall", 0, 1n, "SYS_SOCKET"],
  ["ipc", 0, 21n, "SHMAT"],
  ["setsockopt", 1, 1n, "SOL_SOCKET"],
  ["madvise", 2, 4n, "MADV_DONTNEED"],
  ["futex", 1, 128n, "FUTEX_WAIT_PRIVATE"],
  ["futex", 1, 265n, "FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME"],
  ["clone", 0, 17n, "SIGCHLD"],
  ["clone", 0, 0x10000011n, "SIGCHLD|CLONE_NEWUSER"],
  ["unshare", 0, 0x10020000n, "CLONE_NEWNS|CLONE_NEWUSER"],
  ["unshare", 0, 0x10020001n, undefined],
  ["openat", 2, 0n, "O_RDONLY"],
  ["openat", 2, 0o100n, "O_CREAT"],
  ["openat", 2, 0o101n, "O_WRONLY|O_CREAT"],
  ["openat", 2, 0o4010002n, "O_RDWR|O_SYNC"],
  ["openat", 0, 2n ** 64n - 100n, "AT_FDCWD"],
  ["openat", 0, 2n ** 32n - 100n, "AT_FDCWD"],
  ["mmap", 2, 0n, "PROT_NONE"],
  ["mmap", 2, 7n, "PROT_READ|PROT_WRITE|PROT_EXEC"],
  ["mmap", 3, 0x22n, "MAP_PRIVATE|MAP_ANONYMOUS"],
  ["mount", 3, 0x1001n, "MS_RDONLY|MS_BIND"],
  ["chmod", 1, 0o4000n, "S_ISUID"],
  ["chmod", 1, 0o4755n, undefined],
  ["read", 2, 1n, undefined],
];

for (const [syscall, argument, value, name] of DESCRIPTIONS) {
  Deno.test(`${value} is ${name ?? "no name"} in argument ${argument} of ${syscall}`, () => {
    assert.equal(describeConstant(syscall, argument, value, "x86_64"), name);
  });
}

Deno.test("a value is named as on its ABI", () => {
  assert.equal(
    describeConstant("openat", 2, 0o40000n, "aarch64"),
    "O_DIRECTORY",
  );
  assert.equal(describeConstant("openat", 2, 0o40000n, "x86_64"), "O_DIRECT");
  assert.equal(describeConstant("mmap", 2, 1n, "x86"), undefined);
});

Deno.test("what describeConstant names, parseArgument reads as the same value", () => {
  for (const [syscall, argument, value, name] of DESCRIPTIONS) {
    if (name === undefined || name === "AT_FDCWD") continue;
    assert.equal(
      parseArgument(name, "x86_64"),
      value,
      `${syscall} ${argument}`,
    );
  }
});
