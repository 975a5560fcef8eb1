/**
 * What the kernel answers, and what programs then do, under the plugins in
 * `plugins/`. Their own tests say what each filter means.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Probe, testKernel } from "./kernel_case.ts";
import {
  hasCommand,
  type Program,
  type Result,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const NO_FD = 0xffff_ffffn;
const ABSENT = "/absent/folder/file";
const SIGCHLD = 17n;
const onX86 = (probe: Probe): Probe => ({ ...probe, abi: "x86" });

/** The keys that have a plugin in `plugins/` called. */
function calling(name: string): string {
  const { pathname } = new URL(`../plugins/${name}.ts`, import.meta.url);
  return `validation_plugin = "${pathname}"\n`;
}
const WITH_X86 = 'architectures = ["native", "x86"]\n';

/** Runs a command under a plugin, in a folder of its own. */
async function runUnder(
  [plugin, stage]: readonly [plugin: string, stage: string],
  program: Program,
  command: readonly string[],
  stdin?: string,
): Promise<Result> {
  using scratch = new Scratch();
  const config = scratch.config(calling(plugin));
  scratch.file("made", "by the job\n");
  return await run(
    program,
    ["exec", "-u", "-c", config, "--stage", stage, "--", ...command],
    { cwd: scratch.path, stdin },
  );
}

const needs = (command: string) =>
  hasCommand(command) ? undefined : `needs ${command}`;

const WARNINGS: Readonly<Record<string, RegExp[]>> = {
  // On aarch64, which has mkdirat alone, its rule is in vain.
  mkdir: [
    /mkdir (is refused and mkdirat|does not exist)/,
  ],
};
for (
  const name of [
    "kernel",
    "mkdir",
    "namespaces",
    "netlink",
    "network",
    "readonly",
    "replace",
    "tracing",
  ]
) {
  testEach(
    `check finds no fault that docs/examples.md does not tell with ${name}.ts`,
    async (program) => {
      using scratch = new Scratch();
      const config = scratch.config(calling(name));
      const { code, stdout } = await run(program, ["check", "-c", config]);
      const found = stdout.match(/^ *(problem|warning): .*$/gm) ?? [];
      const wanted = WARNINGS[name] ?? [];
      assert.equal(found.length, wanted.length, stdout);
      wanted.forEach((finding, index) => assert.match(found[index], finding));
      assert.equal(code, wanted.length > 0 ? 1 : 0);
    },
  );
}

testKernel("network.ts leaves a job's script local sockets", {
  config: calling("network"),
  stage: "step_script",
  probes: [
    { call: "socket", args: [1n, 1n], expect: "!EAFNOSUPPORT" },
    { call: "socket", args: [16n, 3n], expect: "!EAFNOSUPPORT" },
    { call: "socket", args: [2n, 1n], expect: "EAFNOSUPPORT" },
    { call: "socket", args: [10n, 2n], expect: "EAFNOSUPPORT" },
    { call: "socket", args: [1n << 32n | 2n, 1n], expect: "EAFNOSUPPORT" },
    { call: "socketpair", args: [1n, 1n, 0n, 0n], expect: "EFAULT" },
    { call: "io_uring_setup", args: [1n], expect: "ENOSYS" },
  ],
});

testKernel("network.ts has no sockets for 32-bit x86 through socketcall", {
  config: `${WITH_X86}${calling("network")}`,
  stage: "step_script",
  probes: [
    // socket(2), which libseccomp numbers in its own way there.
    onX86({ call: 359, args: [1n, 1n], expect: "!EAFNOSUPPORT" }),
    onX86({ call: 359, args: [2n, 1n], expect: "EAFNOSUPPORT" }),
    // SYS_SOCKET, with AF_UNIX, SOCK_STREAM and 0 in memory.
    onX86({
      call: "socketcall",
      args: [1n, "\x01\0\0\0\x01\0\0\0\0\0\0\0"],
      expect: "EAFNOSUPPORT",
    }),
    // SYS_SHUTDOWN of no descriptor.
    onX86({
      call: "socketcall",
      args: [13n, "\xff\xff\xff\x7f\0\0\0\0"],
      expect: "!EAFNOSUPPORT",
    }),
  ],
});

testEach(
  "network.ts: a script cannot connect, and get_sources can",
  async (program) => {
    const connect = ["bash", "-c", ": </dev/tcp/127.0.0.1/1"];
    const script = await runUnder(["network", "step_script"], program, connect);
    assert.match(script.stderr, /socket: Address family not supported/);
    const sources = await runUnder(
      ["network", "get_sources"],
      program,
      connect,
    );
    assert.match(sources.stderr, /connect: Connection refused/);
  },
  needs("bash"),
);

testKernel("tracing.ts keeps processes apart", {
  config: calling("tracing"),
  probes: [
    { call: "ptrace", args: [0x10n, 0n], expect: "EPERM" },
    { call: "process_vm_readv", args: [0n], expect: "EPERM" },
    { call: "pidfd_getfd", args: [NO_FD], expect: "EPERM" },
    { call: "perf_event_open", args: [0n], expect: "EPERM" },
    { call: "kill", args: [0n, 0n], expect: 0n },
  ],
});

testEach("tracing.ts: strace traces nothing", async (program) => {
  const strace = ["strace", "-o", "trace", "true"];
  const { code, stderr } = await runUnder(["tracing", "x"], program, strace);
  assert.notEqual(code, 0);
  assert.match(stderr, /PTRACE_TRACEME.*: Operation not permitted/);
}, needs("strace"));

testKernel("kernel.ts has the kernel without modules, keyrings and BPF", {
  config: `${WITH_X86}${calling("kernel")}`,
  probes: [
    { call: "init_module", args: [0n, 0n, ""], expect: "ENOSYS" },
    { call: "bpf", args: [0n, 0n, 0n], expect: "ENOSYS" },
    // KEYCTL_GET_KEYRING_ID of the session's keyring.
    { call: "keyctl", args: [0n, 0xffff_fffdn], expect: "ENOSYS" },
    onX86({ call: "add_key", args: ["user", "x", 0n], expect: "ENOSYS" }),
    // SECCOMP_GET_ACTION_AVAIL
    { call: "seccomp", args: [2n, 0n, 0n], expect: "EFAULT" },
  ],
});

testKernel("namespaces.ts refuses namespaces and leaves processes", {
  config: calling("namespaces"),
  probes: [
    { call: "clone", args: [0x1000_0000n | SIGCHLD], expect: "EPERM" },
    // CLONE_SIGHAND without CLONE_VM, so that there is no process to wait for.
    { call: "clone", args: [0x800n | SIGCHLD], expect: "EINVAL" },
    { call: "clone3", args: [0n, 0n], expect: "ENOSYS" },
    { call: "unshare", args: [0x1000_0000n], expect: "EPERM" },
    { call: "unshare", args: [0x80n], expect: "EPERM" },
    { call: "unshare", args: [0x600n], expect: 0n },
    { call: "setns", args: [NO_FD], expect: "EPERM" },
    { call: "mount", args: ["x", ABSENT, "tmpfs"], expect: "EPERM" },
    { call: 467, args: [NO_FD, ABSENT], expect: "EPERM" },
  ],
});

testEach(
  "namespaces.ts: unshare(1) fails, and threads start",
  async (program) => {
    const under = ["namespaces", "x"] as const;
    const refused = await runUnder(under, program, ["unshare", "-U", "true"]);
    assert.match(refused.stderr, /unshare failed: Operation not permitted/);
    const threads = [Deno.execPath(), "eval", "console.log(6 * 7)"];
    const { stdout, stderr } = await runUnder(under, program, threads);
    assert.deepEqual([stdout, stderr], ["42\n", ""]);
  },
  needs("unshare"),
);

testKernel("readonly.ts has the after_script read, and write nowhere", {
  config: calling("readonly"),
  stage: "after_script",
  probes: [
    { call: "openat", args: [NO_FD, "/", 0n], expect: "!EROFS" },
    { call: "openat", args: [NO_FD, ABSENT, 0n], expect: "ENOENT" },
    { call: "openat", args: [NO_FD, "/dev/null", 1n], expect: "EROFS" },
    { call: "openat", args: [NO_FD, ABSENT, 0o100n], expect: "EROFS" },
    { call: "openat", args: [NO_FD, ABSENT, 0o1000n], expect: "EROFS" },
    {
      call: "openat",
      args: [NO_FD, ABSENT, 0xdead_0000_0000n],
      expect: "ENOENT",
    },
    { call: "openat2", args: [NO_FD, ABSENT, 0n], expect: "ENOSYS" },
    { call: "mkdirat", args: [NO_FD, ABSENT], expect: "EROFS" },
    { call: "unlinkat", args: [NO_FD, ABSENT], expect: "EROFS" },
    { call: "renameat2", args: [NO_FD, ABSENT], expect: "EROFS" },
    { call: 452, args: [NO_FD, ABSENT], expect: "EROFS" },
    { call: 463, args: [NO_FD, ABSENT], expect: "EROFS" },
  ],
});

/** As GitLab Runner begins an `after_script`: shells/bash.go of its source. */
const RUNNER_SCRIPT = `
if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit
set +o noclobber
: | eval $'mkdir -p .\\ntouch made\\nwhile read -r line; do :; done < made\\ncat made\\nrm made\\necho unreached'
exit 0
`;

testEach(
  "readonly.ts: a runner's after_script reads what the job made, and does not remove it",
  async (program) => {
    const under = ["readonly", "after_script"] as const;
    const after = await runUnder(under, program, ["bash"], RUNNER_SCRIPT);
    assert.equal(after.stdout, "by the job\n");
    assert.match(after.stderr, /^bash: .*\/dev\/null: Read-only file system$/m);
    assert.match(after.stderr, /^rm: .*made.*: Read-only file system$/m);
    assert.equal(after.code, 1);
    const script = await runUnder(
      ["readonly", "step_script"],
      program,
      ["bash"],
      RUNNER_SCRIPT,
    );
    assert.equal(script.stdout, "by the job\nunreached\n");
    assert.equal(script.stderr, "");
  },
  needs("bash"),
);

testEach(
  "readonly.ts: a runner that writes a variable to a file does not come to the script",
  async (program) => {
    const script =
      "set -o errexit\n: | eval $'printf x > variable\\ncat made'\n";
    const under = ["readonly", "after_script"] as const;
    const { code, stdout, stderr } = await runUnder(
      under,
      program,
      ["bash"],
      script,
    );
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /variable: Read-only file system$/m);
  },
  needs("bash"),
);
