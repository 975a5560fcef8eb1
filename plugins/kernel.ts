/**
 * Refuses, in every stage, what reaches into the kernel itself: its modules,
 * another kernel in its place, BPF programs and keyrings. ENOSYS is what a
 * kernel says that was built without them, and programs are prepared for that.
 *
 * @module
 */
import {
  ActErrno,
  errno,
  getSyscallFromName,
  type SeccompExpansion,
} from "jacamar-seccomp";

const REFUSED = `
  init_module finit_module delete_module
  kexec_load kexec_file_load
  bpf
  add_key request_key keyctl
`.trim().split(/\s+/);

export const seccompExpansion: SeccompExpansion = (filter) => {
  for (const name of REFUSED) {
    filter.addRule(
      getSyscallFromName(name),
      ActErrno.setReturnCode(errno.ENOSYS),
    );
  }
};
