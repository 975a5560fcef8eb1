/**
 * The scenarios of user notification, each to be run in a process of its own:
 * what it loads binds that process for good.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno } from "../src/libc/errno.ts";
import {
  ArchNative,
  ArchX32,
  ArchX86,
  getSyscallFromName,
  getSyscallFromNameByArch,
  notifIDValid,
  notifReceive,
  NotifRespFlagContinue,
  notifRespond,
  type ScmpArch,
  type ScmpFd,
  type ScmpNotifReq,
  type ScmpNotifResp,
  setAPI,
} from "../src/mod.ts";
import { close, listen, listenInThread } from "./listener.ts";
import { type ProbeCall, probeProgram, readResults } from "./probe.ts";
import { Scratch } from "./program.ts";

/** The call that is notified of. Only probes make it. */
const CALL = getSyscallFromName("truncate");
const ABSENT = "/absent/folder/file";
const HIGH_HALF = 0xfedc_ba98_0000_0000n;

/** One call of truncate. */
function truncate(...args: ProbeCall["args"]): ProbeCall {
  return { abi: "native", number: CALL.number, args };
}

/** Starts a program that makes calls. */
function start(...calls: ProbeCall[]) {
  using scratch = new Scratch();
  const file = scratch.file("probe", probeProgram(calls), 0o755);
  const child = new Deno.Command(file, { stdout: "piped" }).spawn();
  return {
    child,
    results: child.output().then((out) => readResults(out.stdout)),
  };
}

/** The error that a call throws. */
function code(expected: string) {
  return { name: "ScmpError", code: expected };
}

const failed = (name: keyof typeof errno) => BigInt(-errno[name]);

/** What is received, and that it waits for an answer until it has one. */
async function answer(
  fd: ScmpFd,
  response: Omit<ScmpNotifResp, "id">,
): Promise<ScmpNotifReq> {
  const request = await notifReceive(fd);
  const { id } = request;
  assert.equal(notifIDValid(fd, id), true);
  notifRespond(fd, { id, ...response });
  assert.equal(notifIDValid(fd, id), false);
  return request;
}

/** A call of another ABI than the native one. */
async function foreign(abi: "x86" | "x32", arch: ScmpArch): Promise<void> {
  const fd = listen(CALL, arch);
  const call = getSyscallFromNameByArch("truncate", arch);
  const args = [1, 2, 3, 4, 5, 6].map((value) => HIGH_HALF + BigInt(value));
  const { results } = start({ abi, number: call.number, args });
  const { data } = await answer(fd, { val: 7n });
  assert.equal(data.arch, arch);
  assert.deepEqual(data.syscall, call);
  assert.equal(data.syscall.getNameByArch(data.arch), "truncate");
  const seen = abi === "x86" ? [1n, 2n, 3n, 4n, 5n, 6n] : args;
  assert.deepEqual(data.args, seen);
  assert.deepEqual(await results, [7n]);
}

/** By their names. */
export const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  async "a request says what was called, by whom and from where"() {
    const fd = listen(CALL);
    const args = [1, 2, 3, 4, 5, 6].map((value) => HIGH_HALF + BigInt(value));
    const { child, results } = start(truncate(...args));
    const request = await answer(fd, { error: errno.EPERM });
    const { instrPointer, ...data } = request.data;
    assert.deepEqual(
      { ...request, data },
      {
        id: request.id,
        pid: child.pid,
        flags: 0,
        data: { syscall: CALL, arch: ArchNative, args },
      },
    );
    // A probe is one page of code from there.
    assert.equal(instrPointer & ~0xfffn, 0x40_0000n);
    assert.deepEqual(await results, [failed("EPERM")]);
  },

  async "a call fails, returns or goes on as it is answered"() {
    using scratch = new Scratch();
    const file = scratch.file("file", "content");
    const fd = listen(CALL);
    const answers: [ProbeCall, Omit<ScmpNotifResp, "id">, bigint][] = [
      [truncate(ABSENT), { flags: NotifRespFlagContinue }, failed("ENOENT")],
      [truncate(ABSENT), { error: errno.ENOMEDIUM }, failed("ENOMEDIUM")],
      [truncate(ABSENT), { error: 4095 }, -4095n],
      [truncate(ABSENT), { error: errno.EPIPE, val: 5n }, failed("EPIPE")],
      [truncate(ABSENT), { val: 1234n }, 1234n],
      [truncate(ABSENT), { val: 2n ** 64n - 1n }, -1n],
      [truncate(ABSENT), { val: -(2n ** 63n) }, -(2n ** 63n)],
      [truncate(ABSENT), {}, 0n],
      [truncate(file, 1n), { error: errno.EPERM }, failed("EPERM")],
      [truncate(file, 2n), {}, 0n],
    ];
    const { results } = start(...answers.map(([call]) => call));
    for (const [, response] of answers) await answer(fd, response);
    assert.deepEqual(await results, answers.map(([, , result]) => result));
    assert.equal(Deno.readTextFileSync(file), "content");

    const { results: last } = start(truncate(file, 4n));
    await answer(fd, { flags: NotifRespFlagContinue });
    assert.deepEqual(await last, [0n]);
    assert.equal(Deno.readTextFileSync(file), "cont");
  },

  "a call by int 0x80 is one of x86": () => foreign("x86", ArchX86),

  "a call with the x32 bit is one of x32": () => foreign("x32", ArchX32),

  async "an id is void when its thread is killed"() {
    const fd = listen(CALL);
    const { child, results } = start(truncate(ABSENT));
    const { id } = await notifReceive(fd);
    assert.equal(notifIDValid(fd, id), true);
    child.kill("SIGKILL");
    assert.deepEqual(await results, []);
    assert.equal(notifIDValid(fd, id), false);
    assert.throws(() => notifRespond(fd, { id }), code("ENOENT"));
  },

  async "an id that nobody was given is ENOENT"() {
    const fd = listen(CALL);
    const { results } = start(truncate(ABSENT));
    const { id } = await notifReceive(fd);
    const other = id ^ 1n << 40n;
    assert.equal(notifIDValid(fd, other), false);
    assert.throws(() => notifRespond(fd, { id: other }), code("ENOENT"));
    notifRespond(fd, { id, val: 3n });
    assert.deepEqual(await results, [3n]);
  },

  async "of two receives one takes a notification, the other waits on"() {
    const fd = listen(CALL);
    const received = [notifReceive(fd), notifReceive(fd)];
    const first = start(truncate(ABSENT));
    const { id } = await Promise.race(received);
    notifRespond(fd, { id, val: 1n });
    assert.deepEqual(await first.results, [1n]);

    const second = start(truncate(ABSENT));
    const requests = await Promise.all(received);
    const other = requests.find((request) => request.id !== id);
    assert.equal(other?.pid, second.child.pid);
    notifRespond(fd, { id: other.id, val: 2n });
    assert.deepEqual(await second.results, [2n]);
  },

  async "closing the listener ends a receive that waits"() {
    const fd = listen(CALL);
    const received = notifReceive(fd);
    close(fd);
    await assert.rejects(received, code("EBADF"));
  },

  async "an aborted receive takes no notification with it"() {
    const fd = listen(CALL);
    const controller = new AbortController();
    const aborted = notifReceive(fd, { signal: controller.signal });
    const { results } = start(truncate(ABSENT));
    controller.abort("enough");
    await assert.rejects(aborted, (reason) => reason === "enough");
    await answer(fd, { val: 1n });
    assert.deepEqual(await results, [1n]);
  },

  async "a receive ends with the last thread that has the filter"() {
    const url = new URL("notify_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const { promise, resolve } = Promise.withResolvers<MessageEvent<ScmpFd>>();
    worker.onmessage = resolve;
    const received = notifReceive((await promise).data);
    worker.terminate();
    await assert.rejects(received, code("ESRCH"));
  },

  async "the number -1 is answered as the kernel does, and passed over"() {
    const fd = listenInThread(CALL);
    const none: ProbeCall = { abi: "native", number: 0xffff_ffff, args: [] };
    const { results } = start(none, truncate(ABSENT), none);
    const request = await answer(fd, { val: 1n });
    assert.deepEqual(request.data.syscall, CALL);
    const last = new AbortController();
    const received = notifReceive(fd, { signal: last.signal });
    assert.deepEqual(await results, [failed("ENOSYS"), 1n, failed("ENOSYS")]);
    last.abort("over");
    await assert.rejects(received, (reason) => reason === "over");
  },

  async "the ffi permission is needed the first time only"() {
    const fd = listen(CALL);
    assert.equal(notifIDValid(fd, 1n), false);
    Deno.permissions.revokeSync({ name: "ffi" });
    const { results } = start(truncate(ABSENT));
    await answer(fd, { val: 1n });
    assert.deepEqual(await results, [1n]);
  },

  async "without user notification it is EOPNOTSUPP"() {
    setAPI(5);
    const unsupported = {
      name: "VersionError",
      code: "EOPNOTSUPP",
      message: /^user notification needs .* API level 6; .* with API level 5$/,
    };
    await assert.rejects(notifReceive(0), unsupported);
    assert.throws(() => notifRespond(0, { id: 1n }), unsupported);
    assert.throws(() => notifIDValid(0, 1n), unsupported);
  },
};

if (import.meta.main) {
  await SCENARIOS[Deno.args[0]]();
  console.log("done");
  // Threads that wait may go on waiting.
  Deno.exit(0);
}
