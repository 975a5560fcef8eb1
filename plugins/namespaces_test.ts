import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./namespaces.ts";

const other = Deno.build.arch === "x86_64" ? ["x86"] : [];
const architectures = ["native", ...other];
const expansion = await expand(seccompExpansion, {
  configuration: { architectures },
});

const FLAGS = `
  CLONE_NEWNS CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER
  CLONE_NEWPID CLONE_NEWNET
`.trim().split(/\s+/);
const table: [verdict: string, call: string, ...args: Argument[]][] = [
  ...FLAGS.flatMap((flag) =>
    [
      ["ActErrno(EPERM)", "clone", `${flag}|SIGCHLD`],
      ["ActErrno(EPERM)", "clone", `${flag}|CLONE_VM|CLONE_VFORK`],
      ["ActErrno(EPERM)", "unshare", flag],
      ["ActErrno(EPERM)", "unshare", `${flag}|CLONE_FS`],
    ] as [string, string, string][]
  ),
  ["ActErrno(EPERM)", "clone", FLAGS.join("|")],
  ["ActErrno(EPERM)", "unshare", "CLONE_NEWTIME"],
  ["ActAllow", "clone", "SIGCHLD"],
  ["ActAllow", "clone", "CLONE_VM|CLONE_VFORK|SIGCHLD"],
  [
    "ActAllow",
    "clone",
    "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS",
  ],
  ["ActAllow", "unshare", "CLONE_FS|CLONE_FILES"],
  ["ActErrno(ENOSYS)", "clone3"],
  ["ActErrno(EPERM)", "setns", 3],
  ["ActErrno(EPERM)", "mount"],
  ["ActErrno(EPERM)", "umount2"],
  ["ActErrno(EPERM)", "fsopen"],
  ["ActErrno(EPERM)", "chroot"],
];
for (const [wanted, call, ...args] of table) {
  for (const arch of architectures) {
    Deno.test(`${call}(${args}) of ${arch} programs gets ${wanted}`, () => {
      const verdict = simulate(expansion, { call, arch }, ...args);
      assert.equal(`${verdict}`, wanted);
    });
  }
}

Deno.test("bits that the kernel ignores in flags change nothing", () => {
  const HIGH_BITS = 0xffff_ffff_0000_0000n;
  assert.equal(
    simulate(expansion, "clone", HIGH_BITS | 0x1000_0011n).errno,
    "EPERM",
  );
  assert.ok(simulate(expansion, "clone", HIGH_BITS | 0x11n).passes);
});

Deno.test("mount calls that libseccomp may have no name for are refused by number", async () => {
  const native = await expand(seccompExpansion);
  for (const number of [442, 467]) {
    assert.equal(simulate(native, number).errno, "EPERM");
  }
});
