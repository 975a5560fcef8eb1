/**
 * Refuses mkdir(2) during the `after_script`, while all other rules stay as
 * they are.
 *
 * @module
 */
import {
  ActErrno,
  errno,
  getSyscallFromName,
  type SeccompExpansion,
} from "jacamar-seccomp";

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  if (stage === "after_script") {
    filter.addRule(
      getSyscallFromName("mkdir"),
      ActErrno.setReturnCode(errno.EPERM),
    );
  }
};
