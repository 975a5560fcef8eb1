import { int, libc, memory, SystemCallError } from "../libc/mod.ts";

/** `CAP_SYS_ADMIN` of capabilities(7). */
const CAP_SYS_ADMIN = 21;
/** `_LINUX_CAPABILITY_VERSION_3` of capget(2). */
const CAPABILITY_VERSION = 0x2008_0522;
/** `PR_GET_NO_NEW_PRIVS` of prctl(2). */
const PR_GET_NO_NEW_PRIVS = 39;

/** What of this process's privileges decides how a filter may be loaded. */
export interface Privileges {
  /** Whether CAP_SYS_ADMIN is in the effective set. */
  readonly sysAdmin: boolean;
  /** Whether `no_new_privs` is set already. */
  readonly noNewPrivs: boolean;
}

/**
 * Reads the privileges of this process.
 *
 * @throws {SystemCallError} If the kernel does not tell.
 *
 * Source: capget(2), prctl(2).
 */
export function readPrivileges(): Privileges {
  const { capget, prctl } = libc().calls;
  const header = memory(new Uint8Array(8));
  new DataView(header.bytes.buffer).setUint32(0, CAPABILITY_VERSION, true);
  // Two structs of effective, permitted and inheritable; the first holds the
  // capabilities 0 to 31.
  const sets = new Uint32Array(6);
  if (capget(header.pointer, new Uint8Array(sets.buffer)) !== 0) {
    throw new SystemCallError("read this process's capabilities");
  }
  const noNewPrivs = prctl(int(PR_GET_NO_NEW_PRIVS), 0n, 0n, 0n, 0n);
  if (noNewPrivs < 0) throw new SystemCallError("read no_new_privs");
  return {
    sysAdmin: (sets[0] & (1 << CAP_SYS_ADMIN)) !== 0,
    noNewPrivs: noNewPrivs === 1,
  };
}

/** Loading a filter would need what this process does not have. */
export class PrivilegeError extends Error {
  override readonly name = "PrivilegeError";
  readonly code = "EPRIVILEGE";
}

/**
 * Decides whether `no_new_privs` is to be set: the kernel takes a filter only
 * from who has CAP_SYS_ADMIN or has set it.
 *
 * @param wanted `"auto"` sets it only where there is no other way: it ends
 * setuid programs and file capabilities in the job.
 * @param privileges What this process has.
 * @returns Whether to set it.
 * @throws {PrivilegeError} If it is not wanted and the filter could not be
 * loaded without.
 *
 * Source: seccomp(2), `SECCOMP_SET_MODE_FILTER`.
 */
export function decideNoNewPrivs(
  wanted: "auto" | boolean,
  privileges: Privileges,
): boolean {
  const canLoad = privileges.sysAdmin || privileges.noNewPrivs;
  if (wanted === "auto") return !canLoad;
  if (!wanted && !canLoad) {
    throw new PrivilegeError(
      "no_new_privs is not to be set, and without it only a process with CAP_SYS_ADMIN may load a filter",
    );
  }
  return wanted;
}
