import { dataOf } from "../bpf/action.ts";
import { errnoName } from "../libc/errno.ts";
import { ScmpAction } from "../libseccomp/mod.ts";
import { passes } from "./action.ts";

/** `MAX_ERRNO` of include/linux/err.h. */
const HIGHEST_ERRNO = 4095;

/**
 * What the caller sees of an action.
 *
 * @param action `SECCOMP_RET_*` with its data.
 *
 * Source: seccomp(2); `__seccomp_filter` of kernel/seccomp.c, which caps an
 * errno and kills for an action that it does not know.
 */
export function describeEffect(action: number): string {
  const kind = ScmpAction.fromNative(action)?.kind;
  switch (kind) {
    case "Allow":
      return "the call is carried out";
    case "Log":
      return "the call is carried out, and logged";
    case "Errno":
      return describeErrno(dataOf(action));
    case "Trace":
      return "a tracer decides; without one the call fails with ENOSYS";
    case "Notify":
      return "a supervisor decides; without one the call fails with ENOSYS";
    case "Trap":
      return "the call is not carried out, and its thread gets SIGSYS";
    case "KillThread":
      return "the thread is killed with SIGSYS";
    case "KillProcess":
    case undefined:
      return "the process is killed with SIGSYS";
  }
}

function describeErrno(code: number): string {
  if (code === 0) return "the call does nothing, and returns 0";
  if (code <= HIGHEST_ERRNO) return `the call fails with ${errnoName(code)}`;
  return `the call fails with errno ${HIGHEST_ERRNO}: no higher one is returned`;
}

/** Whether the kernel carries a call out by itself under an action. */
export function isCarriedOut(action: number): boolean {
  const known = ScmpAction.fromNative(action);
  return known !== undefined && passes(known);
}
