import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./replace.ts";

const expansion = await expand(seccompExpansion, { stage: "after_script" });
const HIGH_BITS = 0xffff_ffff_0000_0000n;

const table: [verdict: string, call: string, ...args: Argument[]][] = [
  ["ActAllow", "execve"],
  ["ActAllow", "openat", "AT_FDCWD", 0, "O_WRONLY|O_CREAT"],
  ["ActAllow", "unlinkat", "AT_FDCWD", 0, "AT_REMOVEDIR"],
  ["ActAllow", "socket", "AF_UNIX", "SOCK_STREAM"],
  ["ActAllow", "socket", HIGH_BITS | 1n, "SOCK_STREAM"],
  ["ActErrno(ENOSYS)", "socket", "AF_INET", "SOCK_STREAM"],
  ["ActErrno(ENOSYS)", "socket", HIGH_BITS | 2n, "SOCK_STREAM"],
  ["ActAllow", "clone", "CLONE_VM|CLONE_VFORK|SIGCHLD"],
  ["ActAllow", "clone", HIGH_BITS | 17n],
  ["ActErrno(ENOSYS)", "clone", "CLONE_NEWUSER|SIGCHLD"],
  ["ActErrno(ENOSYS)", "clone", HIGH_BITS | 0x1000_0011n],
  ["ActErrno(ENOSYS)", "clone3"],
  ["ActAllow", "ioctl", 1, "TCGETS"],
  ["ActAllow", "ioctl", 1, HIGH_BITS | 0x5401n],
  ["ActErrno(ENOSYS)", "ioctl", 0, "TIOCSTI"],
  ["ActErrno(ENOSYS)", "ioctl", 0, HIGH_BITS | 0x5412n],
  ["ActErrno(ENOSYS)", "ptrace", "PTRACE_ATTACH"],
  ["ActErrno(ENOSYS)", "unshare", "CLONE_NEWUSER"],
  ["ActErrno(ENOSYS)", "mount"],
];
for (const [wanted, call, ...args] of table) {
  const shown = args.map((arg) =>
    typeof arg === "bigint" ? `0x${arg.toString(16)}` : arg
  );
  Deno.test(`${call}(${shown.join(", ")}) gets ${wanted} in the after_script`, () => {
    assert.equal(`${simulate(expansion, call, ...args)}`, wanted);
  });
}

Deno.test("calls of another architecture kill the process in the after_script", () => {
  const other = Deno.build.arch === "aarch64" ? "arm" : "x86";
  const verdict = simulate(expansion, { call: "execve", arch: other });
  assert.equal(`${verdict}`, "ActKillProcess");
});

Deno.test("what the configuration refuses is refused with enforce_defaults alone", async () => {
  const verdict = async (enforce_defaults: boolean) => {
    const configuration = { block_calls: ["fchownat"], enforce_defaults };
    const stage = "after_script";
    return simulate(
      await expand(seccompExpansion, { stage, configuration }),
      "fchownat",
    ).toString();
  };
  assert.equal(await verdict(false), "ActAllow");
  assert.equal(await verdict(true), "ActErrno(EPERM)");
});

Deno.test("the job's script keeps the configured filter", async () => {
  const script = await expand(seccompExpansion);
  assert.equal(script.journal.isReplaced, false);
  assert.ok(simulate(script, "socket", "AF_INET", "SOCK_STREAM").passes);
});
