import type { ScmpArch } from "./arch.ts";
import type { ScmpSyscall } from "./syscall.ts";

/**
 * Lets the call go on as if there were no notification.
 *
 * The thread can change what its pointers point to after it was looked at: this
 * is no way to let a call pass because its arguments are good (seccomp_unotify(2),
 * "SECCOMP_USER_NOTIF_FLAG_CONTINUE").
 */
export const NotifRespFlagContinue = 1;

/**
 * The call that a notification is about.
 *
 * Source: `struct seccomp_data` of seccomp(2); `ScmpNotifData` of
 * libseccomp-golang.
 */
export interface ScmpNotifData {
  /** The call, by its number on `arch`: `syscall.getNameByArch(arch)`. */
  readonly syscall: ScmpSyscall;
  /**
   * The ABI that it was made by. An x32 call has `ArchX32`, as a rule for it
   * has; the kernel, and with it libseccomp-golang, says x86_64.
   */
  readonly arch: ScmpArch;
  /** The address of the instruction after the call, 0 to 2^64-1. */
  readonly instrPointer: bigint;
  /**
   * The six arguments, each 0 to 2^64-1; to 2^32-1 on `ArchX86`, where the
   * kernel shows more than the call is given.
   */
  readonly args: readonly bigint[];
}

/**
 * A notification: a thread has made a call and waits for the answer.
 *
 * Source: `struct seccomp_notif` of seccomp_unotify(2); `ScmpNotifReq` of
 * libseccomp-golang.
 */
export interface ScmpNotifReq {
  /** What the answer must name, 0 to 2^64-1. */
  readonly id: bigint;
  /**
   * The thread's id in the receiver's PID namespace; 0 if it is not visible
   * there.
   */
  readonly pid: number;
  /** Unsigned 32-bit; no flags are defined yet. */
  readonly flags: number;
  readonly data: ScmpNotifData;
}

/**
 * The answer to a notification. What is left out is 0.
 *
 * Source: `struct seccomp_notif_resp` of seccomp_unotify(2); `ScmpNotifResp` of
 * libseccomp-golang.
 */
export interface ScmpNotifResp {
  /** The `id` of the request. */
  readonly id: bigint;
  /** The errno that the call fails with, 1 to 4095; 0 for none. */
  readonly error?: number;
  /**
   * What the call returns if `error` is 0: 64 bits, signed or not, -2^63 to
   * 2^64-1.
   */
  readonly val?: bigint;
  /**
   * 0, or `NotifRespFlagContinue`, with which `error` and `val` must be 0.
   */
  readonly flags?: number;
}
