import assert from "node:assert/strict";
import { ActAllow, ActErrno } from "./action.ts";
import { ScmpFilter } from "./filter.ts";
import { getSyscallFromName } from "./syscall.ts";
import { VersionError } from "./error.ts";
import {
  getAPI,
  getLibraryVersion,
  requireVersion,
  setAPI,
} from "./library.ts";

const REFUSE = ActErrno.setReturnCode(42);
const getpid = getSyscallFromName("getpid");
const { major, minor, micro } = getLibraryVersion();
const isNew = minor >= 6;

function refusing(): ScmpFilter {
  const filter = new ScmpFilter(ActAllow);
  filter.addRule(getpid, REFUSE);
  return filter;
}

/** A file that takes few bytes at a time. */
class Slow {
  readonly bytes: number[] = [];
  writeSync(bytes: Uint8Array): number {
    this.bytes.push(...bytes.subarray(0, 7));
    return Math.min(bytes.length, 7);
  }
}

Deno.test("a program is the same in memory and in a file", () => {
  const filter = refusing();
  const file = new Slow();
  filter.exportBPF(file);
  assert.deepEqual(file.bytes, [...filter.exportBPFMem()]);
  assert.equal(file.bytes.length % 8, 0);
  filter.release();
});

Deno.test("pseudo filter code names the call, in memory and in a file", () => {
  const filter = refusing();
  const file = new Slow();
  filter.exportPFC(file);
  const text = filter.exportPFCMem();
  assert.equal(new TextDecoder().decode(Uint8Array.from(file.bytes)), text);
  assert.match(text, /getpid/);
  assert.match(text, /ERRNO\(42\)/);
  filter.release();
});

Deno.test("a priority is a number from 0 to 255", () => {
  const filter = refusing();
  filter.setSyscallPriority(getpid, 255);
  for (const wrong of [-1, 256, 1.5, NaN]) {
    assert.throws(() => filter.setSyscallPriority(getpid, wrong), {
      code: "EINVAL",
    });
  }
  filter.release();
});

Deno.test("further attributes are set and read", () => {
  const filter = refusing();
  filter.setRawRC(true);
  assert.equal(filter.getRawRC(), true);
  assert.throws(() => filter.setRawRC(1 as never), /true or false/);
  assert.throws(() => filter.setOptimize(2 ** 32 + 1), { code: "EINVAL" });
  if (isNew) {
    filter.setWaitKill(true);
    assert.equal(filter.getWaitKill(), true);
  } else {
    const needs = /the attribute waitKill needs libseccomp 2\.6\.0 .*; this is/;
    assert.throws(() => filter.setWaitKill(true), needs);
    assert.throws(() => filter.getWaitKill(), VersionError);
  }
  filter.release();
});

Deno.test("transactions take back what they changed, or say what they need", () => {
  const filter = refusing();
  const chdir = getSyscallFromName("chdir");
  filter.transactionReject();
  if (!isNew) {
    const needs = /needs libseccomp 2\.6\.0; this is 2\.5\.\d+/;
    assert.throws(() => filter.transactionStart(), needs);
    assert.throws(() => filter.transactionCommit(), needs);
    assert.throws(() => filter.precompute(), needs);
    filter.release();
    return;
  }
  filter.precompute();
  const before = filter.exportBPFMem();
  assert.throws(() => filter.transactionCommit(), /no transaction/);
  filter.transactionStart();
  filter.addRule(chdir, REFUSE);
  filter.transactionStart();
  filter.addRule(getSyscallFromName("mkdirat"), REFUSE);
  filter.transactionReject();
  filter.transactionCommit();
  assert.equal(filter.journal.rules.length, 2);
  filter.transactionStart();
  filter.addRule(getSyscallFromName("mkdirat"), REFUSE);
  filter.transactionReject();
  assert.equal(filter.journal.rules.length, 2);
  filter.transactionStart();
  filter.reset(ActAllow);
  assert.throws(() => filter.transactionCommit(), /no transaction/);
  filter.addRule(getpid, REFUSE);
  assert.deepEqual(filter.exportBPFMem(), before);
  filter.release();
});

Deno.test("a version or level that is too old is told", () => {
  const own = [major, minor, micro] as const;
  requireVersion("x", { version: own, api: getAPI() });
  requireVersion("x", { version: [2, 2, 0], api: 0 });
  for (
    const version of [
      [major + 1, 0, 0],
      [major, minor + 1, 0],
      [major, minor, micro + 1],
    ] as const
  ) assert.throws(() => requireVersion("x", { version }), VersionError);
  assert.throws(
    () => requireVersion("x", { version: own, api: 99 }),
    /x needs libseccomp .* and API level 99; this is .* with API level \d/,
  );
});

Deno.test("API levels that there are not are refused", () => {
  for (const level of [0, -1, 99, 1.5, NaN]) {
    assert.throws(() => setAPI(level), { code: "EINVAL" });
  }
});
