import { int, libc, long, memory, SystemCallError } from "../libc/mod.ts";

/** `CAP_SYS_ADMIN` of capabilities(7). */
const CAP_SYS_ADMIN = 21n;
/** `_LINUX_CAPABILITY_VERSION_3` of capget(2). */
const CAPABILITY_VERSION = 0x2008_0522;
/** `PR_GET_NO_NEW_PRIVS` of prctl(2). */
const PR_GET_NO_NEW_PRIVS = 39;
/** `AT_SECURE` of getauxval(3). */
const AT_SECURE = 23n;

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
  const { prctl } = libc().calls;
  const { effective } = readCapabilities();
  const noNewPrivs = prctl(int(PR_GET_NO_NEW_PRIVS), 0n, 0n, 0n, 0n);
  if (noNewPrivs < 0) throw new SystemCallError("read no_new_privs");
  return {
    sysAdmin: (effective & (1n << CAP_SYS_ADMIN)) !== 0n,
    noNewPrivs: noNewPrivs === 1,
  };
}

/** The effective and the permitted capabilities, bit by bit. */
function readCapabilities(): { effective: bigint; permitted: bigint } {
  const header = memory(new Uint8Array(8));
  new DataView(header.bytes.buffer).setUint32(0, CAPABILITY_VERSION, true);
  // Two structs of effective, permitted and inheritable: the lower 32 of each,
  // then the upper.
  const sets = new Uint32Array(6);
  if (
    libc().calls.capget(header.pointer, new Uint8Array(sets.buffer)) !== 0
  ) {
    throw new SystemCallError("read this process's capabilities");
  }
  const join = (lower: number, upper: number) =>
    BigInt(upper) << 32n | BigInt(lower);
  return {
    effective: join(sets[0], sets[3]),
    permitted: join(sets[1], sets[4]),
  };
}

/** The privileges of this process, or those it lacks, forbid what is wanted. */
export class PrivilegeError extends Error {
  override readonly name = "PrivilegeError";
  readonly code = "EPRIVILEGE";
}

/**
 * Refuses to work with privileges that the executable's file gave to whoever
 * started it: who has them could put a filter of their choice over programs with
 * more privileges, and read files through messages.
 *
 * @throws {PrivilegeError} If the executable is set-user-ID or set-group-ID, or
 * has file capabilities, and that made a difference.
 *
 * Source: getauxval(3), `AT_SECURE`; security/commoncap.c,
 * `cap_bprm_creds_from_file`. A security module may ask for secure execution as
 * well, and that changes no privileges.
 */
export function refuseBorrowedPrivileges(): void {
  const { getauxval, getegid, geteuid } = libc().calls;
  if (getauxval(long(AT_SECURE)) === 0n) return;
  const isOwn = Deno.uid() === geteuid(int(0)) &&
    Deno.gid() === getegid(int(0)) &&
    (Deno.uid() === 0 || readCapabilities().permitted === 0n);
  if (isOwn) return;
  throw new PrivilegeError(
    "this program may be neither set-user-ID nor set-group-ID, nor have file capabilities: " +
      "give them to the service that starts it (AmbientCapabilities= of systemd)",
  );
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
