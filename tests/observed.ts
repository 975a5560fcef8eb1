/**
 * What a process sees of an action, to hold a program's answer against the
 * kernel's.
 *
 * @module
 */
import { dataOf } from "../src/bpf/action.ts";
import { type SeccompData, X32_BIT } from "../src/bpf/seccomp_data.ts";
import { ArchAMD64, ArchX86 } from "../src/libseccomp/mod.ts";
import type { OracleAnswer } from "./kernel_oracle.ts";
import type { ProbeCall } from "./probe.ts";

/** The highest errno that a filter can have a call fail with, MAX_ERRNO. */
const HIGHEST_ERRNO = 4095;
const ENOSYS = 38;
const SIGSYS = 31;

/**
 * What is seen of an action.
 *
 * @param action `SECCOMP_RET_*` with its data.
 * @param passing What the kernel answers where no filter is in the way.
 *
 * Source: `__seccomp_filter` of kernel/seccomp.c; nobody traces the process or
 * listens, and an unknown action kills.
 */
export function seen(action: number, passing: OracleAnswer): string {
  switch (action >>> 16) {
    case 0x7fff: // SECCOMP_RET_ALLOW
    case 0x7ffc: // SECCOMP_RET_LOG
      return seenOf(passing);
    case 0x7ff0: // SECCOMP_RET_TRACE
    case 0x7fc0: // SECCOMP_RET_USER_NOTIF
      return `returns ${-ENOSYS}`;
    case 0x0005: // SECCOMP_RET_ERRNO
      return `returns ${-Math.min(dataOf(action), HIGHEST_ERRNO)}`;
    default:
      return `signal ${SIGSYS}`;
  }
}

/** The same of an answer. */
export function seenOf(answer: OracleAnswer): string {
  if ("returned" in answer) return `returns ${answer.returned}`;
  if ("signal" in answer) return `signal ${answer.signal}`;
  return JSON.stringify(answer);
}

/** What the kernel shows a filter of a call. */
export function asSeen({ abi, number, args }: ProbeCall): SeccompData {
  return {
    number: abi === "x32" ? (number | X32_BIT) >>> 0 : number,
    architecture: (abi === "x86" ? ArchX86 : ArchAMD64).token,
    args: args.map(BigInt),
  };
}

/**
 * How a call is made so that a filter sees it.
 *
 * @throws {RangeError} If this machine cannot make it.
 */
export function asMade(call: SeccompData): ProbeCall {
  const { number, architecture, args } = call;
  if (architecture === ArchX86.token) return { abi: "x86", number, args };
  if (architecture !== ArchAMD64.token) {
    throw new RangeError(`no call is made on architecture ${architecture}`);
  }
  return { abi: "native", number, args };
}
