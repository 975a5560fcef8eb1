import { errno as ERRNO } from "../libc/errno.ts";
import { cString, cStrings, int, libc, SystemCallError } from "../libc/mod.ts";
import { parentFileLimit, RLIMIT_NOFILE } from "../launch/file_limit.ts";
import { SIG_DFL, SIGCHLD, SIGKILL } from "../libc/signal.ts";
import { learnCalls } from "./_calls.ts";
import { isListener } from "./notifications.ts";

/** The same on x86_64 and aarch64 (include/uapi/asm-generic/unistd.h). */
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;
/** Of fcntl(2). */
const F_SETFD = 2;
const FD_CLOEXEC = 1;
/** Of poll(2). */
const POLLIN = 1;
/** Of waitid(2). */
const P_PID = 1;
const WEXITED = 4;
const CLD_EXITED = 1;
/** `sizeof(siginfo_t)`, and where two of its fields are. */
const SIGINFO_SIZE = 128;
const SI_CODE = 8;
const SI_STATUS = 24;

/**
 * How long the job's first process may take to load its filter, in milliseconds:
 * it has nothing else to do.
 */
const PATIENCE = 10_000;

/** What the job's first process writes into its pipe when execve failed. */
export const EXECVE_FAILED = "x".charCodeAt(0);

/** The job could not be started; why, it has said itself. */
export class JobError extends Error {
  override readonly name = "JobError";
  readonly code = "EJOB";
}

/** A job that runs under a filter which notifies of every call. */
export interface Job {
  /** Its first process. */
  readonly pid: number;
  /** Refers to that process, and can be polled for its end. */
  readonly pidfd: number;
  /** The filter's listener. */
  readonly listener: number;
  /** Whether its command is running, or was: execve did not fail. */
  hasStarted(): boolean;
  /** To be called once, after the first process has ended. */
  end(): JobEnd;
}

/** How a job's first process ended. */
export interface JobEnd {
  /** The exit code, or 128 and the signal. */
  readonly code: number;
}

/**
 * Starts a job: this program once more, which loads a filter and becomes the
 * command.
 *
 * @param argv How this program is started as the loader: its file, its arguments
 * with its own name first; the descriptor to write to is added before the
 * command.
 * @param command The command and its arguments.
 * @throws {JobError} If the command could not be started: that was said on
 * standard error.
 * @throws {SystemCallError} If a call fails; `EPERM` where the listener may not
 * be taken over, as Yama may have it.
 *
 * Source: pidfd_getfd(2), seccomp_unotify(2).
 */
export function startJob(
  { file, args }: { readonly file: string; readonly args: readonly string[] },
  command: readonly string[],
): Job {
  const calls = learnCalls();
  const ends = new Int32Array(2);
  if (calls.pipe2(new Uint8Array(ends.buffer), 0) !== 0) {
    throw new SystemCallError("make a pipe");
  }
  const [reader, writer] = ends;
  calls.fcntl(reader, F_SETFD, FD_CLOEXEC);
  const limit = parentFileLimit();
  if (limit) libc().calls.setrlimit(int(RLIMIT_NOFILE), limit);
  const pid = spawn(file, [...args, `${writer}`, "--", ...command]);
  calls.close(writer);
  // Where its parent ignored it, nobody could be waited for; the job has it as
  // that parent had it.
  libc().calls.signal(int(SIGCHLD), SIG_DFL);
  const pidfd = calls.pidfd(SYS_PIDFD_OPEN, pid, 0, 0);
  if (pidfd < 0) throw new SystemCallError("refer to the job's first process");
  const number = readNumber(reader);
  if (number === undefined) {
    throw new JobError(`the job ended with ${awaitEnd(pid).code}`);
  }
  let listener: number;
  try {
    listener = takeListener(pidfd, number);
  } catch (error) {
    // It would wait for an answer for good.
    calls.kill(pid, SIGKILL);
    throw error;
  }
  return {
    ...{ pid, pidfd, listener },
    hasStarted: () => {
      const byte = new Uint8Array(1);
      return calls.read(reader, byte, 1) !== 1 || byte[0] !== EXECVE_FAILED;
    },
    end: () => awaitEnd(pid),
  };
}

function spawn(file: string, argv: readonly string[]): number {
  const pid = new Int32Array(1);
  const value = learnCalls().posix_spawn(
    new Uint8Array(pid.buffer),
    cString(file).bytes,
    null,
    null,
    cStrings(argv).bytes,
    libc().environ,
  );
  if (value !== 0) throw new SystemCallError("start the job", value);
  return pid[0];
}

/**
 * Reads the listener's number from the job's first process.
 *
 * @returns `undefined` if it ended before.
 */
function readNumber(reader: number): number | undefined {
  const { read } = learnCalls();
  const number = new Int32Array(1);
  for (;;) {
    const count = read(reader, new Uint8Array(number.buffer), 4);
    if (count === 4) return number[0];
    if (count === 0) return undefined;
    if (libc().errno[0] !== ERRNO.EINTR) {
      throw new SystemCallError("hear of the job");
    }
  }
}

/**
 * Takes over the listener as soon as it is there. The process that has it makes
 * no other call meanwhile: its next one waits for an answer.
 */
function takeListener(pidfd: number, number: number): number {
  const { pidfd: call, close, poll } = learnCalls();
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const fd = call(SYS_PIDFD_GETFD, pidfd, number, 0);
    if (fd >= 0 && isListener(fd)) return fd;
    if (fd >= 0) close(fd);
    else if (libc().errno[0] !== ERRNO.EBADF) {
      throw new SystemCallError("take over the filter's listener");
    }
    // A millisecond, unless the process ends.
    if (poll(pollfd(pidfd), 1, 1) === 1) {
      throw new JobError("the job ended before its filter was on");
    }
  }
  throw new JobError("the filter's listener is not where it was to be");
}

function awaitEnd(pid: number): JobEnd {
  const bytes = new Uint8Array(SIGINFO_SIZE);
  const info = new DataView(bytes.buffer);
  while (learnCalls().waitid(P_PID, pid, bytes, WEXITED) !== 0) {
    if (libc().errno[0] !== ERRNO.EINTR) {
      throw new SystemCallError("wait for the job");
    }
  }
  const status = info.getInt32(SI_STATUS, true);
  const isExited = info.getInt32(SI_CODE, true) === CLD_EXITED;
  return { code: isExited ? status : 128 + status };
}

/**
 * One or more `struct pollfd`, waiting for something to read: int fd; short
 * events, revents. A descriptor of -1 is passed over.
 */
export function pollfd(...descriptors: number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(8 * descriptors.length));
  descriptors.forEach((fd, index) => {
    view.setInt32(8 * index, fd, true);
    view.setInt16(8 * index + 4, POLLIN, true);
  });
  return new Uint8Array(view.buffer);
}
