import { ret } from "../bpf/instruction.ts";
import { encode } from "../bpf/program.ts";
import { findDriver } from "../launch/driver.ts";
import { prepareLaunch } from "../launch/launch.ts";
import {
  decideNoNewPrivs,
  readPrivileges,
  refuseBorrowedPrivileges,
} from "../launch/privileges.ts";
import { SystemCallError } from "../libc/mod.ts";
import { learnCalls } from "../learn/_calls.ts";
import { EXECVE_FAILED } from "../learn/job.ts";
import { SIGKILL } from "../libc/signal.ts";
import { systemFailureExitCode } from "./failure.ts";
import { end } from "./survey.ts";

/** `SECCOMP_RET_USER_NOTIF` of include/uapi/linux/seccomp.h. */
const USER_NOTIF = 0x7fc0_0000;
/** Of prctl(2). */
const PR_SET_PDEATHSIG = 1;
/** Of fcntl(2). */
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * The first process of a job that is learned from: loads a filter that notifies
 * of every call, and becomes the command.
 *
 * @param args The descriptor of the recorder's pipe, `--`, and the command.
 * @returns Never: this process is the command, or ends with the system-failure
 * exit code.
 */
export function learnStart([pipe, , ...command]: readonly string[]): never {
  try {
    refuseBorrowedPrivileges();
    return start(Number(pipe), command);
  } catch (error) {
    return end(systemFailureExitCode(), error);
  }
}

function start(pipe: number, command: readonly string[]): never {
  const { close, dup, fcntl, prctl, write } = learnCalls();
  // Without a recorder every call would fail; nothing is to be half there.
  const recorder = Deno.ppid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (recorder !== Deno.ppid) throw new Error("the recorder is gone");
  fcntl(pipe, F_SETFD, FD_CLOEXEC);
  const file = findDriver(command[0], () => Deno.env.get("PATH"));
  const prepared = prepareLaunch(file, command);
  const noNewPrivs = decideNoNewPrivs("auto", readPrivileges());
  const program = encode([ret(USER_NOTIF)]);
  // The listener will have the number that is free now.
  const number = dup(pipe);
  if (number < 0) throw new SystemCallError("copy a descriptor");
  const words = Int32Array.of(number);
  if (write(pipe, new Uint8Array(words.buffer), 4) !== 4) {
    throw new SystemCallError("tell the recorder of the listener");
  }
  close(number);
  const filter = { program, log: false, speculativeStoreBypass: true };
  try {
    return prepared.launch({
      filters: [{ ...filter, listener: true }],
      noNewPrivs,
    });
  } catch (error) {
    write(pipe, Uint8Array.of(EXECVE_FAILED), 1);
    throw explain(error);
  }
}

/** There is one listener at the most (seccomp(2), `EBUSY`). */
function explain(error: unknown): unknown {
  const isBusy = error instanceof SystemCallError && error.code === "EBUSY";
  if (!isBusy) return error;
  return new Error(
    "cannot record: a filter with a listener is on already, as of a container or of another learn",
    { cause: error },
  );
}
