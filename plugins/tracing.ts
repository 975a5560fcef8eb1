/**
 * Keeps a job's processes out of each other's memory, registers and
 * descriptors, in every stage, and from two calls that exploits of the kernel
 * like to start with: perf_event_open and userfaultfd.
 *
 * @module
 */
import {
  ActErrno,
  errno,
  getSyscallFromName,
  type SeccompExpansion,
} from "jacamar-seccomp";

const REFUSED = [
  "ptrace", // memory, registers and signals
  "process_vm_readv",
  "process_vm_writev",
  "pidfd_getfd", // a copy of another process's descriptor
  "kcmp", // which files and memory two processes share
  "perf_event_open",
  "userfaultfd",
];

export const seccompExpansion: SeccompExpansion = (filter) => {
  for (const name of REFUSED) {
    filter.addRule(
      getSyscallFromName(name),
      ActErrno.setReturnCode(errno.EPERM),
    );
  }
};
