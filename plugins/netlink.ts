/**
 * Refuses sockets to the kernel's audit system, in every stage: sudo, PAM and
 * whatever else would write audit records in a job take the kernel for one
 * without audit, and go on. All other netlink sockets are left alone.
 *
 * io_uring goes with them: with it a job can make any socket past every filter.
 *
 * Source: the rule for sockets is that of systemd-nspawn, src/nspawn/nspawn-seccomp.c.
 *
 * @module
 */
import {
  ActErrno,
  CompareMaskedEqual,
  errno,
  getSyscallFromName,
  makeCondition,
  type SeccompExpansion,
} from "jacamar-seccomp";

const AF_NETLINK = 16;
const NETLINK_AUDIT = 9;
/** Both arguments are of type `int`: the kernel ignores their upper halves. */
const INT = 0xffff_ffff;

export const seccompExpansion: SeccompExpansion = (filter) => {
  // socket(int family, int type, int protocol)
  filter.addRuleConditional(
    getSyscallFromName("socket"),
    ActErrno.setReturnCode(errno.EAFNOSUPPORT),
    [
      makeCondition(0, CompareMaskedEqual, INT, AF_NETLINK),
      makeCondition(2, CompareMaskedEqual, INT, NETLINK_AUDIT),
    ],
  );
  filter.addRule(
    getSyscallFromName("io_uring_setup"),
    ActErrno.setReturnCode(errno.ENOSYS),
  );
};
