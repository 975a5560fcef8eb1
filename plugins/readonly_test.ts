import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./readonly.ts";

const other = Deno.build.arch === "x86_64" ? ["x86"] : [];
const architectures = ["native", ...other];
const stage = "after_script";
const expansion = await expand(seccompExpansion, {
  stage,
  configuration: { architectures },
});

const HIGH_BITS = 0xdead_beef_0000_0000n;
const EROFS = "ActErrno(EROFS)";
const table: [verdict: string, call: string, ...args: Argument[]][] = [
  ["ActAllow", "openat", "AT_FDCWD", 0, "O_RDONLY"],
  ["ActAllow", "openat", "AT_FDCWD", 0, "O_RDONLY|O_CLOEXEC|O_DIRECTORY"],
  ["ActAllow", "openat", "AT_FDCWD", 0, "O_PATH|O_NOFOLLOW"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_WRONLY"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_RDWR|O_CLOEXEC"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_ACCMODE"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_RDONLY|O_CREAT"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_RDONLY|O_TRUNC"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_WRONLY|O_TMPFILE"],
  [EROFS, "openat", "AT_FDCWD", 0, "O_WRONLY|O_CREAT|O_TRUNC"],
  [EROFS, "open_by_handle_at", 3, 0, "O_RDWR"],
  ["ActAllow", "open_by_handle_at", 3, 0, "O_RDONLY"],
  ["ActErrno(ENOSYS)", "openat2"],
  ["ActErrno(ENOSYS)", "io_uring_setup"],
  ...`
    mkdirat mknodat symlinkat linkat renameat2 unlinkat truncate ftruncate
    fchmod fchmodat fchown fchownat setxattr fsetxattr removexattr
  `.trim().split(/\s+/).map((call) => [EROFS, call] as [string, string]),
  ["ActAllow", "utimensat"],
  ["ActAllow", "write", 1],
  ["ActAllow", "pipe2"],
  ["ActAllow", "newfstatat"],
  ["ActAllow", "execve"],
];
for (const [wanted, call, ...args] of table) {
  for (const arch of architectures) {
    // 32-bit x86 has fstatat64 in its place.
    if (arch === "x86" && call === "newfstatat") continue;
    Deno.test(`${call}(${args}) of ${arch} programs gets ${wanted} in the after_script`, () => {
      const verdict = simulate(expansion, { call, arch }, ...args);
      assert.equal(`${verdict}`, wanted);
    });
  }
}

Deno.test("bits that no int has change nothing", () => {
  const open = (flags: bigint) =>
    simulate(expansion, "openat", "AT_FDCWD", 0, HIGH_BITS | flags);
  assert.equal(open(1n).errno, "EROFS");
  assert.ok(open(0n).passes);
});

Deno.test({
  name: "the calls that only older architectures have are refused there",
  ignore: Deno.build.arch !== "x86_64",
  fn: () => {
    const verdict = (arch: string, call: string, ...args: Argument[]) =>
      simulate(expansion, { call, arch }, ...args).errno;
    for (const arch of architectures) {
      assert.equal(verdict(arch, "open", 0, "O_WRONLY"), "EROFS");
      assert.equal(verdict(arch, "open", 0, "O_RDONLY"), undefined);
      for (const call of ["creat", "mkdir", "unlink", "rename", "chmod"]) {
        assert.equal(verdict(arch, call), "EROFS");
      }
    }
    for (const call of ["truncate64", "ftruncate64", "chown32"]) {
      assert.equal(verdict("x86", call), "EROFS");
    }
  },
});

Deno.test("calls that libseccomp may have no name for are refused by number", async () => {
  const native = await expand(seccompExpansion, { stage });
  for (const number of [452, 463, 466, 469]) {
    assert.equal(simulate(native, number).errno, "EROFS");
  }
});

Deno.test("the job's script writes as before", async () => {
  const script = await expand(seccompExpansion);
  assert.ok(simulate(script, "openat", "AT_FDCWD", 0, "O_WRONLY").passes);
  assert.ok(simulate(script, "unlinkat").passes);
});
