import assert from "node:assert/strict";
import { expandGroup, groups } from "../policy/call_groups.ts";
import { newerCalls } from "../policy/newer_calls.ts";
import { argumentNames, isWordArgument } from "./arguments.ts";

const NAMES: readonly [string, readonly string[] | undefined][] = [
  ["ioctl", ["fd", "cmd", "arg"]],
  ["openat", ["dfd", "filename", "flags", "mode"]],
  ["openat2", ["dfd", "filename", "how", "size"]],
  ["clone3", ["uargs", "size"]],
  ["fchmodat2", ["dfd", "filename", "mode", "flags"]],
  ["map_shadow_stack", ["addr", "size", "flags"]],
  ["mseal", ["start", "len", "flags"]],
  ["socket", ["family", "type", "protocol"]],
  ["socketcall", ["call", "args"]],
  ["ipc", ["call", "first", "second", "third", "ptr", "fifth"]],
  ["setuid32", ["uid"]],
  ["clock_gettime64", ["which_clock", "tp"]],
  ["getpid", []],
  ["no_such_call", undefined],
];

for (const [syscall, names] of NAMES) {
  Deno.test(`${syscall} takes ${names?.join(", ") || (names ? "nothing" : "what is unknown")}`, () => {
    assert.deepEqual(argumentNames(syscall), names);
  });
}

const WORDS: readonly [string, number, boolean | undefined][] = [
  ["ioctl", 1, true],
  ["ioctl", 2, false],
  ["openat", 1, false],
  ["openat", 3, true],
  ["socket", 0, true],
  ["setuid", 0, true],
  ["prctl", 0, true],
  ["prctl", 1, false],
  ["clone", 0, false],
  ["ptrace", 0, false],
  ["mmap", 4, false],
  ["rt_sigaction", 0, true],
  ["getpid", 0, undefined],
  ["ioctl", 3, undefined],
  ["no_such_call", 0, undefined],
];

for (const [syscall, index, isWord] of WORDS) {
  const width = isWord === undefined ? "no" : isWord ? "32 bits" : "64 bits";
  Deno.test(`argument ${index} of ${syscall} has ${width} width`, () => {
    assert.equal(isWordArgument(syscall, index), isWord);
  });
}

/** Calls of other architectures, and calls that Linux has no longer or never had. */
const UNKNOWN = new Set(
  `afs_syscall break create_module epoll_ctl_old epoll_wait_old ftime
  get_kernel_syms getpmsg gtty idle lock mpx nfsservctl prof profil putpmsg
  query_module riscv_flush_icache riscv_hwprobe rtas s390_pci_mmio_read
  s390_pci_mmio_write s390_runtime_instr security stty subpage_prot swapcontext
  switch_endian sys_debug_setcontext tuxcall ulimit vserver`.split(/\s+/),
);

Deno.test("the arguments of all calls in the groups are known", () => {
  const calls = new Set(
    [...groups.keys()].flatMap((name) => expandGroup(name) ?? []),
  );
  const unknown = [...calls, ...newerCalls.keys()].filter((call) =>
    argumentNames(call) === undefined && !UNKNOWN.has(call)
  );
  assert.deepEqual(unknown.sort(), []);
});

Deno.test("no call has more than six arguments, or two of one name", () => {
  for (
    const call of [...groups.keys()].flatMap((name) => expandGroup(name) ?? [])
  ) {
    const names = argumentNames(call) ?? [];
    assert.ok(names.length <= 6, call);
    assert.equal(new Set(names).size, names.length, call);
  }
});
