/**
 * Leaves the network to the stages that need it: in every other one a job gets
 * sockets of its own machine only. A filter sees family, type and protocol of a
 * socket; to whom it then speaks lies in memory, where no filter can look.
 *
 * io_uring goes with them: with it a job can make any socket past every filter.
 *
 * @module
 */
import {
  ActErrno,
  CompareEqual,
  CompareGreater,
  errno,
  getSyscallFromName,
  makeCondition,
  type SeccompExpansion,
} from "jacamar-seccomp";

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
/** The kernel is at the other end: interfaces and RDMA devices are listed so. */
const AF_NETLINK = 16;

const LOCAL = [AF_UNIX, AF_NETLINK];
const NETWORK = [...LOCAL, AF_INET, AF_INET6];
const STAGES_WITH_NETWORK = `
  config_exec prepare_exec get_sources restore_cache download_artifacts
  archive_cache archive_cache_on_failure upload_artifacts_on_success
  upload_artifacts_on_failure cleanup_exec
`.trim().split(/\s+/);

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  const open = STAGES_WITH_NETWORK.includes(stage) ? NETWORK : LOCAL;
  const highest = Math.max(...open);
  // The kernel ignores the upper half of the family. With bits set there it is
  // above the highest here, and refused: no mask is needed to be on the safe side.
  const refused = [makeCondition(0, CompareGreater, highest)];
  for (let family = 0; family < highest; family++) {
    if (open.includes(family)) continue;
    refused.push(makeCondition(0, CompareEqual, family));
  }
  const action = ActErrno.setReturnCode(errno.EAFNOSUPPORT);
  for (const name of ["socket", "socketpair"]) {
    for (const condition of refused) {
      filter.addRuleConditional(getSyscallFromName(name), action, [condition]);
    }
  }
  filter.addRule(
    getSyscallFromName("io_uring_setup"),
    ActErrno.setReturnCode(errno.ENOSYS),
  );
};
