/**
 * Filters that notify, and their listeners.
 *
 * @module
 */
import assert from "node:assert/strict";
import { int, libc, long, memory } from "../src/libc/mod.ts";
import {
  ActAllow,
  ActNotify,
  type ScmpArch,
  type ScmpFd,
  ScmpFilter,
  type ScmpSyscall,
} from "../src/mod.ts";

/**
 * Loads a filter that notifies of a call, for this process and what it starts.
 *
 * @param call The call.
 * @param arch An ABI beside the native one that the filter is for.
 * @returns The filter's listener.
 */
export function listen(call: ScmpSyscall, arch?: ScmpArch): ScmpFd {
  const filter = new ScmpFilter(ActAllow);
  if (arch) filter.addArch(arch);
  filter.addRule(call, ActNotify);
  filter.load();
  const fd = filter.getNotifFd();
  filter.release();
  return fd;
}

/**
 * Loads a filter that libseccomp does not make: for this thread alone and what
 * it starts, it notifies of a call and of the number -1.
 *
 * @param call The call.
 * @returns The filter's listener.
 */
export function listenInThread(call: ScmpSyscall): ScmpFd {
  const program = sockFprog([
    [0x20, 0, 0, 0], // A = nr
    [0x15, 1, 0, 0xffff_ffff], // if (A == -1) skip the next
    [0x15, 0, 1, call.number], // if (A != call) skip the next
    [0x06, 0, 0, ActNotify.toNative()], // return
    [0x06, 0, 0, ActAllow.toNative()], // return
  ]);
  const { prctl, syscall } = libc().calls;
  const PR_SET_NO_NEW_PRIVS = 38;
  assert.equal(prctl(int(PR_SET_NO_NEW_PRIVS), 1n, 0n, 0n, 0n), 0);
  const SECCOMP_SET_MODE_FILTER = 1n;
  const SECCOMP_FILTER_FLAG_NEW_LISTENER = 8n;
  const fd = syscall(
    long({ x86_64: 317n, aarch64: 277n }[Deno.build.arch]), // seccomp
    SECCOMP_SET_MODE_FILTER,
    SECCOMP_FILTER_FLAG_NEW_LISTENER,
    program,
  );
  assert.ok(fd >= 0n, "the kernel refuses the filter");
  return Number(fd);
}

/** Closes a descriptor. */
export function close(fd: number): void {
  assert.equal(libc().calls.close(int(fd)), 0);
}

/**
 * A `struct sock_fprog`, unsigned short len and struct sock_filter *filter, and
 * behind it what it points to: __u16 code; __u8 jt, jf; __u32 k.
 */
function sockFprog(
  program: readonly (readonly [number, number, number, number])[],
): Uint8Array<ArrayBuffer> {
  const SIZE = 16;
  const { bytes, address } = memory(new Uint8Array(SIZE + program.length * 8));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, program.length, true);
  view.setBigUint64(8, address + BigInt(SIZE), true);
  program.forEach(([code, jt, jf, k], index) => {
    const at = SIZE + index * 8;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k, true);
  });
  return bytes;
}
