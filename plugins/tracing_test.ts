import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./tracing.ts";

const other = Deno.build.arch === "x86_64" ? ["x86"] : [];
const architectures = ["native", ...other];
const expansion = await expand(seccompExpansion, {
  configuration: { architectures },
});

const table: [verdict: string, call: string, ...args: Argument[]][] = [
  ["ActErrno(EPERM)", "ptrace", "PTRACE_TRACEME"],
  ["ActErrno(EPERM)", "ptrace", "PTRACE_SEIZE", 1],
  ["ActErrno(EPERM)", "process_vm_readv", 1],
  ["ActErrno(EPERM)", "process_vm_writev", 1],
  ["ActErrno(EPERM)", "pidfd_getfd", 3],
  ["ActErrno(EPERM)", "kcmp", 1, 2],
  ["ActErrno(EPERM)", "perf_event_open"],
  ["ActErrno(EPERM)", "userfaultfd"],
  ["ActAllow", "kill", 1, "SIGTERM"],
  ["ActAllow", "pidfd_open", 1],
  ["ActAllow", "openat", "AT_FDCWD"],
];
for (const [wanted, call, ...args] of table) {
  for (const arch of architectures) {
    Deno.test(`${call}(${args}) of ${arch} programs gets ${wanted}`, () => {
      const verdict = simulate(expansion, { call, arch }, ...args);
      assert.equal(`${verdict}`, wanted);
    });
  }
}

Deno.test("tracing is refused in every stage", async () => {
  for (const stage of ["config_exec", "after_script", "step_new"]) {
    const expansion = await expand(seccompExpansion, { stage });
    assert.equal(simulate(expansion, "ptrace").errno, "EPERM");
  }
});
