/**
 * Has the `after_script` look at files and change none: opening for writing,
 * and every call that makes, removes, renames or alters a file, returns EROFS,
 * as on a file system that is mounted read-only.
 *
 * No filter sees which file a call is about: `/dev/null` cannot be written to
 * either, and what is open for writing already stays so.
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

/** The calls that open by flags, and which argument these are. */
const OPENING = { open: 1, openat: 2, open_by_handle_at: 2 };
/** O_WRONLY and O_RDWR, a bit each; O_CREAT; O_TRUNC, which needs neither. */
const WRITING = [0o1, 0o2, 0o100, 0o1000];
/** Their flags lie in memory. On ENOSYS, callers turn to openat and read. */
const NOT_THERE = ["openat2", "io_uring_setup"];
/** But for times: GitLab Runner's own script begins with a touch(1). */
const CHANGING = `
  creat mkdir mkdirat mknod mknodat symlink symlinkat link linkat
  rename renameat renameat2 unlink unlinkat rmdir
  truncate truncate64 ftruncate ftruncate64
  chmod fchmod fchmodat
  chown chown32 lchown lchown32 fchown fchown32 fchownat
  setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
`.trim().split(/\s+/);
/** fchmodat2, setxattrat, removexattrat, file_setattr: libseccomp may not know them. */
const CHANGING_BY_NUMBER = [452, 463, 466, 469];

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  if (stage !== "after_script") return;
  const action = ActErrno.setReturnCode(errno.EROFS);
  for (const [name, argument] of Object.entries(OPENING)) {
    for (const flag of WRITING) {
      filter.addRuleConditional(getSyscallFromName(name), action, [
        makeCondition(argument, CompareMaskedEqual, flag, flag),
      ]);
    }
  }
  for (const name of NOT_THERE) {
    filter.addRule(
      getSyscallFromName(name),
      ActErrno.setReturnCode(errno.ENOSYS),
    );
  }
  for (const name of CHANGING) filter.addRule(getSyscallFromName(name), action);
  for (const number of CHANGING_BY_NUMBER) {
    try {
      filter.addRule(new ScmpSyscall(number), action);
    } catch (error) {
      // Where 32-bit calls are covered too, libseccomp goes by names alone.
      if (!(error instanceof ScmpError) || error.code !== "EFAULT") throw error;
    }
  }
};
