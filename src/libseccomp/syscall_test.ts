import assert from "node:assert/strict";
import {
  ArchAMD64,
  ArchARM64,
  getArchFromString,
  getNativeArch,
} from "./arch.ts";
import {
  getSyscallFromName,
  getSyscallFromNameByArch,
  ScmpSyscall,
} from "./syscall.ts";

Deno.test("names resolve to the numbers of each architecture and back", () => {
  assert.equal(getSyscallFromNameByArch("mkdirat", ArchAMD64).number, 258);
  assert.equal(getSyscallFromNameByArch("mkdirat", ArchARM64).number, 34);
  assert.equal(new ScmpSyscall(34).getNameByArch(ArchARM64), "mkdirat");
  const execve = getSyscallFromName("execve");
  assert.equal(execve.getName(), "execve");
  assert.equal(`${execve}`, "execve");
});

Deno.test("an unknown name is refused in the words of the Go binding", () => {
  assert.throws(() => getSyscallFromName("mkdirs"), {
    code: "ENOENT",
    message: "could not resolve name to syscall: 'mkdirs'",
  });
  assert.throws(() => getSyscallFromName("mkdir\0at"), /NUL/);
});

Deno.test("what is neither a name nor an architecture is refused", () => {
  const read = getSyscallFromName("read");
  const like = { name: "x86", token: ArchAMD64.token };
  for (
    const call of [
      () => getSyscallFromName(5 as never),
      () => getSyscallFromName(undefined as never),
      () => getSyscallFromNameByArch("read", like as never),
      () => getSyscallFromNameByArch("read", undefined as never),
      () => read.getNameByArch(like as never),
      () => read.getNameByArch(undefined as never),
    ]
  ) assert.throws(call, { name: "ScmpError", code: "EINVAL" });
});

Deno.test("a call of other architectures is a pseudo-syscall", () => {
  assert.ok(getSyscallFromNameByArch("mkdir", ArchARM64).number < -1);
});

Deno.test("numbers that are none are refused, and those without a name are told", () => {
  for (const number of [-1, 1.5, 2 ** 31]) {
    assert.throws(
      () => new ScmpSyscall(number),
      /not the number of a system call/,
    );
  }
  assert.throws(() => new ScmpSyscall(100_000).getName(), { code: "ENOENT" });
  assert.equal(`${new ScmpSyscall(100_000)}`, "[syscall 100000]");
});

Deno.test("architectures go by libseccomp's names and by Go's", () => {
  assert.equal(getArchFromString("amd64"), ArchAMD64);
  assert.equal(getArchFromString("aarch64"), ArchARM64);
  assert.equal(getArchFromString("native"), getNativeArch());
  for (const name of ["vax", "constructor"]) {
    assert.throws(() => getArchFromString(name), /there is no architecture/);
  }
});
