import { errnoName } from "../libc/errno.ts";
import { libc, long, memory } from "../libc/mod.ts";

/** Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const SYS_SECCOMP = Deno.build.arch === "aarch64" ? 277n : 317n;
const SYS_PIDFD_GETFD = 438n;
/** Of include/uapi/linux/seccomp.h. */
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_GET_ACTION_AVAIL = 2;
/** `sizeof(struct sock_fprog)`: the number of instructions, their address. */
const HEADER_SIZE = 16;
/** Where no process has memory. */
const NOWHERE = 1n;
/** More than a descriptor can be. */
const NO_DESCRIPTOR = 0xffff_ffff_ffff_ffffn;

/** The actions by the kernel's names, in its order. */
export const ACTIONS = {
  kill_process: 0x8000_0000,
  kill_thread: 0,
  trap: 0x0003_0000,
  errno: 0x0005_0000,
  user_notif: 0x7fc0_0000,
  trace: 0x7ff0_0000,
  log: 0x7ffc_0000,
  allow: 0x7fff_0000,
} as const;

/** An action by the kernel's name. */
export type ActionName = keyof typeof ACTIONS;

/** An errno name; `ANSWERED` where there was no error, which no kernel does. */
export type Answer = string;

/**
 * Asks whether this process may load a filter, by a program of one instruction
 * that is nowhere: nothing is loaded.
 *
 * @returns `EFAULT` if it may; `EACCES` if it has neither CAP_SYS_ADMIN nor
 * no_new_privs; anything else from a kernel without filters or from a filter
 * that is on already.
 *
 * Source: kernel/seccomp.c, `seccomp_prepare_filter`: the privileges are looked
 * at before the program is.
 */
export function askLoading(): Answer {
  const { bytes } = memory(new Uint8Array(HEADER_SIZE));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1, true);
  view.setBigUint64(8, NOWHERE, true);
  return seccomp(SECCOMP_SET_MODE_FILTER, bytes);
}

/**
 * Asks which actions there are, in the kernel's order.
 *
 * Source: seccomp(2), `SECCOMP_GET_ACTION_AVAIL`.
 */
export function askActions(): ActionName[] {
  return (Object.keys(ACTIONS) as ActionName[]).filter((name) => {
    const action = new Uint8Array(Uint32Array.of(ACTIONS[name]).buffer);
    return seccomp(SECCOMP_GET_ACTION_AVAIL, action) === "ANSWERED";
  });
}

/** Asks whether there is pidfd_getfd(2): `EBADF` if there is. */
export function askPidfdGetfd(): Answer {
  const { calls, errno } = libc();
  const number = long(SYS_PIDFD_GETFD);
  const returned = calls.syscall(number, NO_DESCRIPTOR, NO_DESCRIPTOR, null);
  return returned === -1n ? errnoName(errno[0]) : "ANSWERED";
}

function seccomp(operation: number, data: Uint8Array<ArrayBuffer>): Answer {
  const { calls, errno } = libc();
  const returned = calls.seccomp(long(SYS_SECCOMP), operation, 0, data);
  return returned === -1 ? errnoName(errno[0]) : "ANSWERED";
}
