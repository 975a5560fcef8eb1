import type { ConstantAbi } from "./_constants_parse.ts";

/** Whose names the values of an argument have. */
export interface ArgumentFamilies {
  /** The families of which a value is one. */
  readonly ones: readonly string[];
  /** The bits that hold that one; the others hold flags. */
  readonly mask: bigint;
  /** The families of the flags that a value is made of. */
  readonly flags: readonly string[];
}

/**
 * `families: call.argument …`. The families are `ONE,ONE`, of one of which
 * the value is; `+FLAGS,FLAGS`, of whose flags it is made; or `ONE&mask+FLAGS`,
 * where the bits in the mask are one and the others are flags.
 *
 * Source: the man page of each call.
 */
const TABLE = `
AF: socket.0 socketpair.0
SOCK&0xf+SOCK_FLAG: socket.1 socketpair.1
+SOCK_FLAG: accept4.3
SOL: setsockopt.1 getsockopt.1
+MSG: sendto.3 recvfrom.3 send.3 recv.3 sendmsg.2 recvmsg.2 sendmmsg.3
  recvmmsg.3 recvmmsg_time64.3
SHUT: shutdown.1
SOCKETCALL: socketcall.0
OPEN_MODE&3+OPEN: open.1 openat.2 mq_open.1 open_by_handle_at.2
+OPEN: pipe2.1 dup3.2
DIRFD: openat.0 openat2.0 mkdirat.0 mknodat.0 fchownat.0 futimesat.0
  newfstatat.0 fstatat64.0 unlinkat.0 renameat.0 renameat.2 renameat2.0
  renameat2.2 linkat.0 linkat.2 symlinkat.1 readlinkat.0 fchmodat.0
  fchmodat2.0 faccessat.0 faccessat2.0 utimensat.0 utimensat_time64.0
  name_to_handle_at.0 execveat.0 statx.0 open_tree.0 move_mount.0 move_mount.2
  fspick.0 mount_setattr.0 setxattrat.0 getxattrat.0 listxattrat.0
  removexattrat.0 open_tree_attr.0 file_getattr.0 file_setattr.0
+AT: newfstatat.3 fstatat64.3 fchownat.4 linkat.4 fchmodat2.3 utimensat.3
  utimensat_time64.3 execveat.4 mount_setattr.2 setxattrat.2 getxattrat.2
  listxattrat.2 removexattrat.2 file_getattr.4 file_setattr.4
+AT_REMOVE: unlinkat.2
+AT_ACCESS,AT: faccessat2.3
+AT_HANDLE,AT: name_to_handle_at.4
+AT_STATX,AT: statx.2
+STATX: statx.3
FCNTL: fcntl.1 fcntl64.1
LOCK&3+LOCK_FLAG: flock.1
SEEK: lseek.2 _llseek.4
MODE_TYPE: mknod.1 mknodat.2
+MODE_SPECIAL: chmod.1 fchmod.1 fchmodat.2 fchmodat2.2
+MS: mount.3
+UMOUNT: umount2.1
+MOUNT_ATTR: fsmount.2
+OPEN_TREE,AT: open_tree.2 open_tree_attr.2
+MOVE_MOUNT: move_mount.4
+FSOPEN: fsopen.1
+FSMOUNT: fsmount.1
+FSPICK: fspick.2
FSCONFIG: fsconfig.1
+FALLOC: fallocate.1
+RENAME: renameat2.4
+RWF: preadv2.5 pwritev2.5
+SYNC_FILE_RANGE: sync_file_range.3 sync_file_range2.1
+CLOSE_RANGE: close_range.2
POSIX_FADV: fadvise64.3 arm_fadvise64_64.1
XATTR: setxattr.4 lsetxattr.4 fsetxattr.4
+IN: inotify_add_watch.2
+IN_INIT: inotify_init1.0
+FAN_INIT: fanotify_init.0
OPEN_MODE&3+OPEN: fanotify_init.1
+FAN_MARK: fanotify_mark.1
+FAN: fanotify_mark.2
EPOLL_CTL: epoll_ctl.1
+EPOLL_CREATE: epoll_create1.0
+EFD: eventfd2.1
+TFD_CREATE: timerfd_create.1
+TFD: timerfd_settime.1 timerfd_settime64.1
+SFD: signalfd4.3
+PROT: mmap.2 mmap2.2 mprotect.2 pkey_mprotect.2 remap_file_pages.2
MAP_TYPE&0xf+MAP: mmap.3 mmap2.3
MADV: madvise.2 process_madvise.3
+MREMAP: mremap.3
+MSYNC: msync.2
+MCL: mlockall.0
+MLOCK: mlock2.2
+MFD: memfd_create.1
MPOL&0xfff+MPOL_FLAG: set_mempolicy.0 mbind.2
+PKEY: pkey_alloc.1
SIG&0xff+CLONE: clone.0
+CLONE: unshare.0 setns.1
SIG: kill.1 tkill.1 tgkill.2 rt_sigaction.0 sigaction.0 signal.0
  rt_sigqueueinfo.1 rt_tgsigqueueinfo.2 pidfd_send_signal.1
SIG_HOW: rt_sigprocmask.0 sigprocmask.0
+WAIT: wait4.2 waitpid.2 waitid.3
WAIT_ID: waitid.0
RLIMIT: getrlimit.0 setrlimit.0 prlimit64.1 ugetrlimit.0
RUSAGE: getrusage.0
PRIO: getpriority.0 setpriority.0
PTRACE: ptrace.0
PR: prctl.0
ARCH: arch_prctl.0
PER&0xff+PER_FLAG: personality.0
SCHED&0xff+SCHED_RESET: sched_setscheduler.1
SCHED: sched_get_priority_max.0 sched_get_priority_min.0
CLOCK: clock_gettime.0 clock_gettime64.0 clock_settime.0 clock_settime64.0
  clock_getres.0 clock_getres_time64.0 clock_nanosleep.0
  clock_nanosleep_time64.0 clock_adjtime.0 clock_adjtime64.0 timer_create.0
  timerfd_create.0
+TIMER: clock_nanosleep.1 clock_nanosleep_time64.1 timer_settime.1
  timer_settime64.1
ITIMER: getitimer.0 setitimer.0
FUTEX,FUTEX_PRIVATE&0x7f+FUTEX_FLAG: futex.1 futex_time64.1
IPC: ipc.0
KCMP: kcmp.2
IOPRIO: ioprio_set.0 ioprio_get.0
MEMBARRIER: membarrier.0
+PIDFD: pidfd_open.1
+PIDFD_SIGNAL: pidfd_send_signal.3
+GRND: getrandom.2
SHM_COMMAND,IPC_COMMAND: shmctl.1
MSG_COMMAND,IPC_COMMAND: msgctl.1
SEM_COMMAND,IPC_COMMAND: semctl.2
SECCOMP: seccomp.0
+SECCOMP_FILTER: seccomp.1
KEYCTL: keyctl.0
BPF: bpf.0
+LANDLOCK: landlock_create_ruleset.2
LANDLOCK_RULE: landlock_add_rule.1
+UFFD,OPEN: userfaultfd.0
+PERF_FLAG: perf_event_open.4
IORING_REGISTER: io_uring_register.1
+IORING_ENTER: io_uring_enter.3
+MODULE_INIT: finit_module.2
+KEXEC: kexec_load.3
+KEXEC_FILE: kexec_file_load.4
REBOOT_MAGIC: reboot.0 reboot.1
REBOOT: reboot.2
IOCTL: ioctl.1`;

const ALL_BITS = 2n ** 64n - 1n;

/** By `call.argument`. */
const BY_ARGUMENT: ReadonlyMap<string, ArgumentFamilies> = new Map(
  TABLE.trim().split(/\n(?! )/).flatMap((paragraph) => {
    const [spec, places] = paragraph.split(": ");
    const families = parseFamilies(spec);
    return places.split(/\s+/).map((place) => [place, families] as const);
  }),
);

function parseFamilies(spec: string): ArgumentFamilies {
  const [one, flags] = spec.split("+");
  const [ones, mask] = one.split("&");
  return {
    ones: ones === "" ? [] : ones.split(","),
    mask: mask === undefined ? (ones === "" ? 0n : ALL_BITS) : BigInt(mask),
    flags: flags === undefined ? [] : flags.split(","),
  };
}

/**
 * Calls whose arguments are others on 32-bit ABIs: mmap of x86 takes a struct,
 * and 64-bit offsets take two arguments. fadvise64(2), mmap(2), syscall(2).
 */
const DIFFERENT_ON_32_BITS = new Set([
  "fadvise64",
  "fanotify_mark",
  "mmap",
  "sync_file_range",
]);

/** The families of an argument's values, if it has any. */
export function familiesOf(
  syscall: string,
  argument: number,
  abi: ConstantAbi,
): ArgumentFamilies | undefined {
  const is32Bit = abi === "x86" || abi === "arm";
  if (is32Bit && DIFFERENT_ON_32_BITS.has(syscall)) return undefined;
  return BY_ARGUMENT.get(`${syscall}.${argument}`);
}
