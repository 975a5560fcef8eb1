import { SystemCallError } from "./mod.ts";
import { type ProcessStatus, readProcessStatus } from "./process_status.ts";
import { type Tracee, whileHeld } from "./tracee.ts";

/** `CAP_SYS_ADMIN` of capabilities(7). */
const CAP_SYS_ADMIN = 21n;

/** The modes of seccomp(2). */
const SECCOMP_MODE_DISABLED = 0;
const SECCOMP_MODE_STRICT = 1;

/** An errno name, and why. */
type Refusal = readonly [code: string, why: string];

const GONE: Refusal = ["ESRCH", "there is no such process, or /proc hides it"];
const ENDED: Refusal = [
  "ESRCH",
  "it has ended, and waits for its parent to take note",
];
const NO_ACCESS: Refusal = [
  "EACCES",
  "CAP_SYS_ADMIN is needed, in the first user namespace, and this process itself must be without a filter",
];

/** The filters of a process cannot be read. */
export class AttachedFiltersError extends Error {
  override readonly name = "AttachedFiltersError";
  /**
   * The errno name of what the kernel answers, as `EACCES`; `ESTRICT` for a
   * process in strict mode, which has no filter but is not free either.
   */
  readonly code: string;
  /** How many filters there are, where the kernel tells (Linux 5.9). */
  readonly count: number | undefined;

  /**
   * @param pid The process.
   * @param why The code, and in words the reason and what mends it.
   */
  constructor(
    pid: number,
    [code, why]: Refusal,
    { count, cause }: { count?: number; cause?: unknown } = {},
  ) {
    super(
      `could not read the filters of process ${pid}: ${code}: ${why}`,
      { cause },
    );
    this.code = code;
    this.count = count;
  }
}

/**
 * Reads the seccomp filters of a running process from the kernel. To be called
 * on the main thread. The process is held for less than a millisecond, as a
 * rule, and then goes on as it was: a stopped one stays stopped, a signal is
 * delivered, a system call that waits goes on waiting.
 *
 * One trace can remain. A call that waits for a time (nanosleep, poll and futex
 * with a timeout) is resumed as restart_syscall(2), as after SIGSTOP and
 * SIGCONT: a filter that refuses that call has it fail, or kills.
 *
 * @param pid The id of a process, for its first thread, or of any other thread,
 * which may have filters of its own.
 * @returns The programs as they were loaded (`struct sock_filter`, 8 bytes an
 * instruction, 1 to 4096 of them), the oldest first; the youngest is the first
 * that the kernel asks. Empty if there is no filter, which anyone may learn.
 * @throws {AttachedFiltersError} With `code`
 * - `EACCES` if this process lacks CAP_SYS_ADMIN in the first user namespace,
 *   or has a filter itself;
 * - `EPERM` if the process may not be traced: another one traces it, it is this
 *   process, CAP_SYS_PTRACE is missing, or Yama forbids it;
 * - `ESRCH` if there is no such process, or it has ended;
 * - `ESTRICT` if it is in strict mode;
 * - `EMEDIUMTYPE` if a filter is no classic BPF;
 * - `EINVAL` or `EIO` if the kernel has no CONFIG_CHECKPOINT_RESTORE;
 * - `ENOSYS` if it says nothing of seccomp;
 * - `ETIMEDOUT` if the process did not stop within 2 seconds, as in an
 *   uninterruptible sleep. It stays attached until this process ends.
 *
 * Source: ptrace(2), kernel/seccomp.c (`seccomp_get_filter`).
 */
export function attachedFilters(pid: number): Uint8Array<ArrayBuffer>[] {
  const status = readProcessStatus(pid);
  if (!status) throw new AttachedFiltersError(pid, GONE);
  const count = status.filterCount;
  const obstacle = obstacleOf(status);
  if (obstacle) throw new AttachedFiltersError(pid, obstacle, { count });
  if (status.seccompMode === SECCOMP_MODE_DISABLED) return [];
  const lack = ownLack(status);
  if (lack) throw new AttachedFiltersError(pid, lack, { count });
  try {
    return whileHeld(pid, readAll);
  } catch (cause) {
    if (!(cause instanceof SystemCallError)) throw cause;
    const refusal = explain(cause.code, pid);
    throw new AttachedFiltersError(pid, refusal, { count, cause });
  }
}

function readAll(tracee: Tracee): Uint8Array<ArrayBuffer>[] {
  const programs: Uint8Array<ArrayBuffer>[] = [];
  while (true) {
    const program = tracee.readFilter(programs.length);
    if (!program) return programs;
    programs.push(program);
  }
}

/** What about the process makes its filters unreadable, to anyone. */
function obstacleOf(
  { state, seccompMode }: ProcessStatus,
): Refusal | undefined {
  if (state === "Z" || state === "X") return ENDED;
  if (seccompMode === undefined) {
    return ["ENOSYS", "the kernel says nothing of seccomp"];
  }
  if (seccompMode === SECCOMP_MODE_STRICT) {
    return [
      "ESTRICT",
      "it is in strict mode: without a filter it may read, write, exit and return from a signal, no more",
    ];
  }
  return undefined;
}

/** What this process lacks, found out before the other one is disturbed. */
function ownLack({ processId }: ProcessStatus): Refusal | undefined {
  if (processId === Deno.pid) {
    return ["EPERM", "a process cannot trace itself; ask from another one"];
  }
  const own = readProcessStatus("self");
  const isAdmin = ((own?.capabilities ?? 0n) >> CAP_SYS_ADMIN & 1n) === 1n;
  const isFree = own?.seccompMode === SECCOMP_MODE_DISABLED;
  return isAdmin && isFree ? undefined : NO_ACCESS;
}

/** Puts into words what the kernel answered. */
function explain(code: string, pid: number): Refusal {
  switch (code) {
    case "EACCES":
      return NO_ACCESS;
    case "EPERM":
      return explainTracing(pid);
    case "ESRCH":
      return [code, "it ended, or became another program, as it was read"];
    case "EMEDIUMTYPE":
      return [code, "one of them is no classic BPF"];
    case "EINVAL":
    case "EIO":
      return [code, "the kernel is built without CONFIG_CHECKPOINT_RESTORE"];
    case "ETIMEDOUT":
      return [
        code,
        "it waits for something that nothing can interrupt; try again when that has come",
      ];
    default:
      return [code, "the kernel gives no reason"];
  }
}

function explainTracing(pid: number): Refusal {
  const status = readProcessStatus(pid);
  if (!status) return GONE;
  if (status.state === "Z") return ENDED;
  return status.tracer !== 0
    ? ["EPERM", `process ${status.tracer} traces it already`]
    : [
      "EPERM",
      "CAP_SYS_PTRACE is needed, and neither Yama (kernel.yama.ptrace_scope) nor another security module may forbid it",
    ];
}
