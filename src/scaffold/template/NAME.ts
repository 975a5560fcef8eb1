/**
 * Refuses to make folders in the `after_script`. All other rules stay as they
 * are.
 *
 * @module
 */
import {
  ActErrno,
  errno,
  getSyscallFromName,
  type SeccompExpansion,
} from "jacamar-seccomp";

/**
 * Both ways to make a folder, and io_uring: what is done with that passes no
 * filter.
 */
const CALLS = ["mkdir", "mkdirat", "io_uring_setup"];

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  if (stage !== "after_script") return;
  for (const name of CALLS) {
    filter.addRule(
      getSyscallFromName(name),
      ActErrno.setReturnCode(errno.EPERM),
    );
  }
};
