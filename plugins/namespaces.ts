/**
 * Refuses new namespaces in every stage, and entering others; with a user
 * namespace of its own a job is root there, and reaches much of the kernel that
 * is closed to it otherwise. What mounts is refused as well. Processes and
 * threads are made as before.
 *
 * @module
 */
import {
  ActErrno,
  CompareMaskedEqual,
  errno,
  getSyscallFromName,
  makeCondition,
  ScmpError,
  ScmpSyscall,
  type SeccompExpansion,
} from "jacamar-seccomp";

/** `CLONE_NEW…` of clone(2): mount, cgroup, UTS, IPC, user, PID, network. */
const NAMESPACES = [
  0x2_0000,
  0x200_0000,
  0x400_0000,
  0x800_0000,
  0x1000_0000,
  0x2000_0000,
  0x4000_0000,
];
/** Of unshare(2) alone: in clone this bit is part of a signal's number. */
const CLONE_NEWTIME = 0x80;
const REFUSED = `
  setns mount umount umount2 pivot_root chroot move_mount open_tree fsopen
  fsconfig fsmount fspick
`.trim().split(/\s+/);
/** mount_setattr and open_tree_attr: libseccomp may not know their names. */
const REFUSED_BY_NUMBER = [442, 467];

export const seccompExpansion: SeccompExpansion = (filter) => {
  const action = ActErrno.setReturnCode(errno.EPERM);
  const refuse = (name: string, flag: number) =>
    filter.addRuleConditional(getSyscallFromName(name), action, [
      makeCondition(0, CompareMaskedEqual, flag, flag),
    ]);
  for (const flag of NAMESPACES) refuse("clone", flag);
  for (const flag of [...NAMESPACES, CLONE_NEWTIME]) refuse("unshare", flag);
  // The flags of clone3 lie in memory. On ENOSYS, the C library calls clone.
  filter.addRule(
    getSyscallFromName("clone3"),
    ActErrno.setReturnCode(errno.ENOSYS),
  );
  for (const name of REFUSED) filter.addRule(getSyscallFromName(name), action);
  for (const number of REFUSED_BY_NUMBER) {
    try {
      filter.addRule(new ScmpSyscall(number), action);
    } catch (error) {
      // Where 32-bit calls are covered too, libseccomp goes by names alone.
      if (!(error instanceof ScmpError) || error.code !== "EFAULT") throw error;
    }
  }
};
