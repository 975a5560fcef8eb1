import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActKillThread,
  ActLog,
  ActNotify,
  ActTrace,
  ActTrap,
} from "./action.ts";

Deno.test("actions have the kernel's SECCOMP_RET values", () => {
  const values = [
    ActKillProcess,
    ActKillThread,
    ActTrap,
    ActErrno,
    ActNotify,
    ActTrace,
    ActLog,
    ActAllow,
  ].map((action) => action.toNative());
  assert.deepEqual(values, [
    0x80000000,
    0,
    0x00030000,
    0x00050000,
    0x7fc00000,
    0x7ff00000,
    0x7ffc0000,
    0x7fff0000,
  ]);
});

Deno.test("a return code goes into the low 16 bits of a new action", () => {
  const refused = ActErrno.setReturnCode(13);
  assert.equal(refused.toNative(), 0x0005000d);
  assert.equal(refused.getReturnCode(), 13);
  assert.equal(ActErrno.getReturnCode(), 0);
  assert.equal(ActTrace.setReturnCode(0xffff).toNative(), 0x7ff0ffff);
  assert.equal(`${refused}`, "ActErrno(13)");
});

Deno.test("actions without a return code are returned as they are, as in Go", () => {
  assert.equal(ActAllow.setReturnCode(5), ActAllow);
  assert.equal(ActKillProcess.setReturnCode(5).getReturnCode(), 0);
});

Deno.test("return codes out of range are refused", () => {
  for (const code of [-1, 4095, 1.5, NaN]) {
    assert.throws(() => ActErrno.setReturnCode(code), /0 to 4094/);
  }
  assert.throws(() => ActTrace.setReturnCode(0x10000), /0 to 65535/);
});
