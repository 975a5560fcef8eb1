import { ArchAMD64, ArchX32, ArchX86, getArchFromToken } from "./arch.ts";
import { ScmpError } from "./error.ts";
import {
  NotifRespFlagContinue,
  type ScmpNotifReq,
  type ScmpNotifResp,
} from "./notification.ts";
import { ScmpSyscall } from "./syscall.ts";

/**
 * `sizeof(struct seccomp_notif)` as of Linux 5.0. A later kernel may add to its
 * end; libseccomp allocates as much as the kernel writes.
 */
export const REQUEST_SIZE = 80;

/** `sizeof(struct seccomp_notif_resp)` as of Linux 5.0. */
const RESPONSE_SIZE = 24;

/** `__X32_SYSCALL_BIT` of arch/x86/include/uapi/asm/unistd.h. */
const X32_BIT = 0x4000_0000;

/** `MAX_ERRNO` of include/linux/err.h. */
const HIGHEST_ERRNO = 4095;

/** The `id` of a `struct seccomp_notif`. */
export function readId(bytes: Uint8Array<ArrayBuffer>): bigint {
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

/**
 * Reads a `struct seccomp_notif`: __u64 id; __u32 pid, flags; struct
 * seccomp_data data { int nr; __u32 arch; __u64 instruction_pointer, args[6] }.
 *
 * @returns The request, or `undefined` where the number is -1, which no call
 * has.
 */
export function readRequest(
  bytes: Uint8Array<ArrayBuffer>,
): ScmpNotifReq | undefined {
  const view = new DataView(bytes.buffer);
  const number = view.getInt32(16, true);
  if (number === -1) return undefined;
  const arch = getArchFromToken(view.getUint32(20, true));
  const isX32 = arch === ArchAMD64 && number > 0 && (number & X32_BIT) !== 0;
  // The kernel shows whole registers, whose upper halves a 64-bit program can
  // fill before int 0x80, and gives the call the lower halves
  // (arch/x86/include/asm/syscall_wrapper.h, SC_IA32_REGS_TO_ARGS).
  const bits = arch === ArchX86 ? 32 : 64;
  const argument = (at: number) =>
    BigInt.asUintN(bits, view.getBigUint64(at, true));
  return {
    id: readId(bytes),
    pid: view.getUint32(8, true),
    flags: view.getUint32(12, true),
    data: {
      syscall: new ScmpSyscall(number),
      arch: isX32 ? ArchX32 : arch,
      instrPointer: view.getBigUint64(24, true),
      args: [32, 40, 48, 56, 64, 72].map(argument),
    },
  };
}

/**
 * Lays an answer out as a `struct seccomp_notif_resp`: __u64 id; __s64 val;
 * __s32 error, negative; __u32 flags.
 *
 * @throws {ScmpError} `EINVAL` if the kernel would not take it, or not as it is
 * meant.
 */
export function writeResponse(
  { id, error = 0, val = 0n, flags = 0 }: ScmpNotifResp,
): Uint8Array<ArrayBuffer> {
  checkId(id);
  if (!Number.isInteger(error) || error < 0 || error > HIGHEST_ERRNO) {
    throw invalid(
      `the error of an answer is an errno, 0 to ${HIGHEST_ERRNO}, not ${error}`,
    );
  }
  if (BigInt.asIntN(64, val) !== val && BigInt.asUintN(64, val) !== val) {
    throw invalid(`the value of an answer has 64 bits, and ${val} has more`);
  }
  if (flags !== 0 && flags !== NotifRespFlagContinue) {
    throw invalid(
      `the flags of an answer are 0 or NotifRespFlagContinue, not ${flags}`,
    );
  }
  if (flags === NotifRespFlagContinue && (error !== 0 || val !== 0n)) {
    throw invalid("a call that is to continue has neither error nor value");
  }
  const view = new DataView(new ArrayBuffer(RESPONSE_SIZE));
  view.setBigUint64(0, id, true);
  view.setBigInt64(8, val, true);
  view.setInt32(16, -error, true);
  view.setUint32(20, flags, true);
  return new Uint8Array(view.buffer);
}

/** Refuses what cannot be the id of a notification. */
export function checkId(id: bigint): void {
  if (typeof id === "bigint" && BigInt.asUintN(64, id) === id) return;
  throw invalid(`the id of a notification is 0 to 2^64-1, not ${id}`);
}

function invalid(message: string): ScmpError {
  return new ScmpError("EINVAL", message);
}
