import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import { processCalls } from "./_process_symbols.ts";
import { errno as ERRNO } from "./errno.ts";
import { int, libc, SystemCallError } from "./mod.ts";
import { readProcessStatus } from "./process_status.ts";

/** Of include/uapi/linux/ptrace.h. */
const PTRACE_DETACH = int(17);
const PTRACE_SEIZE = int(0x4206);
const PTRACE_INTERRUPT = int(0x4207);
const PTRACE_SECCOMP_GET_FILTER = int(0x420c);
const PTRACE_EVENT_STOP = 128;

/** Of include/uapi/linux/wait.h. */
const P_PID = int(1);
const WNOHANG = 1;
const WSTOPPED = 2;
const WEXITED = 4;
const WALL = 0x4000_0000;

/** `sizeof(siginfo_t)`, and where two of its fields are. */
const SIGINFO_SIZE = 128;
const SI_SIGNO = 0;
const SI_STATUS = 24;

/** How long a process may take to stop, in milliseconds. */
const PATIENCE = 2000;
/** How long it usually takes at most: to sleep meanwhile would hold it longer. */
const AT_ONCE = 1;

/** A process while it is held. */
export interface Tracee {
  /**
   * Reads one of its filters.
   *
   * @param index From 0, the oldest, up.
   * @returns The program, 8 bytes an instruction; `undefined` after the last.
   * @throws {SystemCallError} `EACCES`, `EINVAL`, `EIO`, `EMEDIUMTYPE`, `ESRCH`.
   *
   * Source: ptrace(2), kernel/seccomp.c (`seccomp_get_filter`).
   */
  readFilter(index: number): Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Holds a process still for as long as a function takes, and lets it go as it
 * was: asleep in a system call, stopped by a signal, or running. A signal that
 * comes in between is delivered.
 *
 * All is done on the calling thread, the only one that the kernel takes as the
 * tracer.
 *
 * @param pid The id of a process's first thread or of another one; only that one
 * is held.
 * @param body What to do meanwhile, without waiting for anything.
 * @returns What the function returns. Needs the ffi permission.
 * @throws {SystemCallError} `EPERM` if it may not be traced; `ESRCH` if it ends,
 * or another thread of it executes a program; `ETIMEDOUT` if it does not stop
 * within 2 seconds, as in an uninterruptible sleep: the kernel then keeps it
 * attached, to stop when it wakes, until this process ends.
 *
 * Source: ptrace(2), kernel/ptrace.c.
 */
export function whileHeld<T>(pid: number, body: (tracee: Tracee) => T): T {
  if (processCalls().ptrace(PTRACE_SEIZE, pid, 0n, 0n) !== 0n) {
    throw new SystemCallError(`attach to process ${pid}`);
  }
  const signal = stop(pid);
  try {
    return body({ readFilter: (index) => readFilter(pid, index) });
  } finally {
    detach(pid, signal);
  }
}

/** @returns The signal to deliver when it goes on, or 0. */
function stop(pid: number): number {
  const { ptrace } = processCalls();
  const isInterrupted = ptrace(PTRACE_INTERRUPT, pid, 0n, 0n) === 0n;
  const status = isInterrupted ? awaitChange(pid, WSTOPPED) : undefined;
  if (status === undefined) {
    acknowledgeEnd(pid);
    throw new SystemCallError(`stop process ${pid}`, ERRNO.ESRCH);
  }
  // A signal may have been faster than the interrupt: then the process is about
  // to receive it, and does so only if it is handed over on detaching.
  return status >> 8 === PTRACE_EVENT_STOP ? 0 : status & 0xff;
}

function readFilter(
  pid: number,
  index: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { ptraceInto } = processCalls();
  const { errno } = libc();
  const get = (room: Uint8Array<ArrayBuffer> | null) =>
    Number(ptraceInto(PTRACE_SECCOMP_GET_FILTER, pid, BigInt(index), room));
  // Without room for the program, the kernel tells the number of instructions.
  let count = get(null);
  if (count < 0 && errno[0] === ERRNO.ENOENT) return undefined;
  if (count >= 0) {
    const program = new Uint8Array(count * INSTRUCTION_SIZE);
    count = get(program);
    if (count >= 0) return program;
  }
  throw new SystemCallError(`read filter ${index} of process ${pid}`, errno[0]);
}

function detach(pid: number, signal: number): void {
  const isDetached =
    processCalls().ptrace(PTRACE_DETACH, pid, 0n, BigInt(signal)) === 0n;
  // Only one that was killed cannot be let go.
  if (!isDetached) acknowledgeEnd(pid);
}

/**
 * The parent of a process that ended while it was traced hears of that only
 * after the tracer has. A child of this very process is left to whoever started
 * it.
 */
function acknowledgeEnd(pid: number): void {
  const status = readProcessStatus(pid);
  const isChild = status?.processId === pid && status.parent === Deno.pid;
  if (!isChild) awaitChange(pid, WEXITED);
}

/**
 * Waits for a change of the tracee, and for no other: to wait for its end too
 * would take that from who started it, were it a child of this process.
 *
 * @returns The status that came with it: a signal, and an event shifted left by
 * 8; `undefined` if the change can no longer come.
 */
function awaitChange(pid: number, change: number): number | undefined {
  const { waitid } = processCalls();
  const { errno } = libc();
  const bytes = new Uint8Array(SIGINFO_SIZE);
  const info = new DataView(bytes.buffer);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const start = performance.now();
  while (true) {
    if (waitid(P_PID, pid, bytes, change | WNOHANG | WALL) !== 0) {
      if (errno[0] === ERRNO.ECHILD) return undefined;
      throw new SystemCallError(`wait for process ${pid}`, errno[0]);
    }
    if (info.getInt32(SI_SIGNO, true) !== 0) {
      return info.getInt32(SI_STATUS, true);
    }
    const waited = performance.now() - start;
    if (waited > PATIENCE) {
      throw new SystemCallError(`stop process ${pid}`, ERRNO.ETIMEDOUT);
    }
    if (waited > AT_ONCE) Atomics.wait(pause, 0, 0, 1);
  }
}
