import assert from "node:assert/strict";
import { ActAllow, ActErrno, ActKillThread, ActLog } from "./action.ts";
import {
  ArchAMD64,
  ArchARM64,
  ArchLOONGARCH64,
  ArchNative,
  ArchS390X,
  ArchX86,
  getArchFromString,
  getArchFromToken,
  getNativeArch,
  ScmpArch,
} from "./arch.ts";
import { ScmpFilter } from "./filter.ts";
import { getLibraryVersion } from "./library.ts";
import { getSyscallFromName, ScmpSyscall } from "./syscall.ts";

const REFUSE = ActErrno.setReturnCode(1);
const mkdirat = getSyscallFromName("mkdirat");
const native = getNativeArch();
const other = native === ArchX86 ? ArchAMD64 : ArchX86;
const isNew = getLibraryVersion().minor >= 6;

Deno.test("a new filter covers the native architecture and no other", () => {
  const filter = new ScmpFilter(ActKillThread);
  assert.equal(filter.isArchPresent(native), true);
  assert.equal(filter.isArchPresent(ArchNative), true);
  assert.equal(filter.isArchPresent(other), false);
  filter.release();
});

Deno.test("architectures are added and removed, twice without an error", () => {
  const filter = new ScmpFilter(ActKillThread);
  filter.addArch(native);
  filter.removeArch(other);
  for (let time = 0; time < 2; time++) filter.addArch(other);
  assert.equal(filter.isArchPresent(other), true);
  for (let time = 0; time < 2; time++) filter.removeArch(other);
  assert.equal(filter.isArchPresent(other), false);
  filter.release();
});

Deno.test("a rule holds for the architectures that there are when it is added", () => {
  const filter = new ScmpFilter(ActAllow);
  filter.addRule(mkdirat, REFUSE);
  filter.addArch(other);
  filter.addRule(getSyscallFromName("chdir"), REFUSE);
  const held = () =>
    filter.journal.rules.map(({ architectures }) => architectures.join());
  assert.deepEqual(held(), [`${native}`, `${native},${other}`]);
  filter.removeArch(native);
  assert.deepEqual(held(), [`${other}`]);
  filter.release();
});

Deno.test("a call without a name is for filters of one architecture, and that is told", () => {
  const filter = new ScmpFilter(ActAllow);
  const nameless = new ScmpSyscall(900);
  filter.addRule(nameless, REFUSE);
  filter.addArch(other);
  assert.throws(() => filter.addRule(new ScmpSyscall(901), REFUSE), {
    code: "EFAULT",
    message: /on the filter's other architectures by its name/,
  });
  assert.equal(filter.journal.rules.length, 1);
  filter.release();
});

Deno.test("a filter without architectures takes no rule and makes no program", () => {
  const filter = new ScmpFilter(ActAllow);
  filter.removeArch(native);
  assert.throws(() => filter.addRule(mkdirat, REFUSE), /has no architecture/);
  assert.throws(() => filter.exportBPFMem(), /has no architecture/);
  filter.addArch(native);
  filter.addRule(mkdirat, REFUSE);
  assert.ok(filter.exportBPFMem().length > 0);
  filter.release();
});

Deno.test("what is no architecture, or none that fits, is refused", () => {
  const filter = new ScmpFilter(ActAllow);
  const forged = Object.create(ScmpArch.prototype, {
    token: { value: ArchX86.token },
  });
  for (const wrong of [undefined, "x86", ArchX86.token, forged]) {
    const arch = wrong as ScmpArch;
    assert.throws(() => filter.addArch(arch), /one of the Arch/);
    assert.throws(() => filter.removeArch(arch), /one of the Arch/);
    assert.throws(() => filter.isArchPresent(arch), /one of the Arch/);
  }
  assert.throws(() => filter.addArch(ArchS390X), { code: "EDOM" });
  if (isNew) {
    filter.addArch(ArchLOONGARCH64);
    assert.equal(filter.isArchPresent(ArchLOONGARCH64), true);
  } else {
    assert.throws(
      () => filter.addArch(ArchLOONGARCH64),
      /this libseccomp does not know it/,
    );
  }
  filter.release();
});

Deno.test("architectures are found by name, in capitals too, and by token", () => {
  for (const name of ["x86_64", "AMD64", "x86-64", "x64"]) {
    assert.equal(getArchFromString(name), ArchAMD64);
  }
  assert.equal(getArchFromString("loong64"), ArchLOONGARCH64);
  assert.equal(getArchFromToken(0xc000_00b7), ArchARM64);
  assert.throws(() => getArchFromToken(1), { code: "EINVAL" });
  assert.throws(() => getArchFromString(""), { code: "EINVAL" });
});

Deno.test("filters of different architectures are merged, and the source is gone", () => {
  const filter = new ScmpFilter(ActAllow);
  filter.addRule(mkdirat, REFUSE);
  const source = new ScmpFilter(ActAllow);
  source.addArch(other);
  source.removeArch(native);
  source.addRule(mkdirat, ActLog);
  filter.merge(source);
  assert.equal(source.isValid(), false);
  assert.throws(() => source.addRule(mkdirat, REFUSE), /merged into another/);
  source.release();
  assert.equal(filter.isArchPresent(other), true);
  assert.deepEqual(
    filter.journal.rules.map(({ action }) => `${action}`),
    ["ActErrno(1)", "ActLog"],
  );
  filter.release();
});

Deno.test("filters that do not fit are not merged, and stay as they are", () => {
  const filter = new ScmpFilter(ActAllow);
  const same = new ScmpFilter(ActAllow);
  assert.throws(() => filter.merge(same), { code: "EEXIST" });
  assert.throws(() => filter.merge(filter), /with itself/);
  const unlike = new ScmpFilter(ActKillThread);
  unlike.addArch(other);
  unlike.removeArch(native);
  assert.throws(() => filter.merge(unlike), {
    code: "EINVAL",
    message: /differ in default action or attributes/,
  });
  assert.throws(() => filter.merge({} as ScmpFilter), /only a filter/);
  for (const each of [filter, same, unlike]) {
    assert.equal(each.isValid(), true);
    each.release();
  }
  assert.throws(() => filter.merge(same), { code: "ESTALE" });
});
