/**
 * System calls that do the same: to refuse one and leave another open refuses
 * nothing.
 *
 * @module
 */

/** Some calls that do the same. */
export interface CallFamily {
  /**
   * Each tier does all that the tiers after it do, and more: there is sense in
   * refusing the calls of a tier and leaving those of a later one open, as
   * clone3, whose flags no filter sees, but not the other way round. Within a
   * tier each call does for the other.
   */
  readonly tiers: readonly (readonly string[])[];
  /**
   * Whether the calls take the same arguments somewhere, so that a rule for some
   * values of one call is of no use without its like for the others.
   */
  readonly sameArguments: boolean;
}

/** One family a line, `>` between its tiers. */
const SAME_ARGUMENTS = `
  mkdir mkdirat
  renameat2 > rename renameat
  link linkat
  symlink symlinkat
  mknod mknodat
  openat2 > open openat > creat
  chmod fchmod fchmodat fchmodat2
  chown chown32 lchown lchown32 fchown fchown32 fchownat
  truncate truncate64 ftruncate ftruncate64
  statx > stat stat64 oldstat lstat lstat64 oldlstat newfstatat fstatat64 > fstat fstat64 oldfstat
  statfs statfs64 fstatfs fstatfs64
  faccessat2 > access faccessat
  utime utimes futimesat utimensat utimensat_time64
  readlink readlinkat
  getdents getdents64
  setxattr lsetxattr fsetxattr setxattrat
  getxattr lgetxattr fgetxattr getxattrat
  listxattr llistxattr flistxattr listxattrat
  removexattr lremovexattr fremovexattr removexattrat
  fcntl fcntl64
  dup dup2 dup3
  pipe pipe2
  epoll_create epoll_create1
  epoll_pwait2 > epoll_wait epoll_pwait
  inotify_init inotify_init1
  preadv2 > read readv
  preadv2 > pread64 preadv
  pwritev2 > write writev
  pwritev2 > pwrite64 pwritev
  sendfile sendfile64
  accept accept4
  sendmsg sendmmsg > sendto > send
  recvmsg recvmmsg recvmmsg_time64 > recvfrom > recv
  semtimedop semtimedop_time64 > semop
  mmap mmap2
  pkey_mprotect > mprotect
  mlock2 > mlock
  umount2 > umount
  open_tree_attr > open_tree
  quotactl quotactl_fd
  clone3 > clone
  prlimit64 > setrlimit
  sched_setattr > sched_setscheduler > sched_setparam
  sched_setattr > setpriority nice
  setuid setuid32 setreuid setreuid32 setresuid setresuid32 > setfsuid setfsuid32
  setgid setgid32 setregid setregid32 setresgid setresgid32 > setfsgid setfsgid32
  setgroups setgroups32
`;

/** The same for calls that reach the same end by other arguments. */
const SAME_END = `
  unlink unlinkat
  unlinkat > rmdir
  mount move_mount
  mount > fsopen
  mount > fsmount
  mount > fspick
  mount > open_tree
  mount > mount_setattr
  clone3 > clone fork vfork
  execveat > execve
  ptrace > process_vm_readv
  ptrace > process_vm_writev
  wait4 waitid waitpid
  kill tkill tgkill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo
  clock_adjtime clock_adjtime64 adjtimex > clock_settime clock_settime64 settimeofday stime
  ioperm iopl
  init_module finit_module
  kexec_load kexec_file_load
`;

/** All families. Calls of every architecture are among them. */
export const families: readonly CallFamily[] = [
  ...parse(SAME_ARGUMENTS, true),
  ...parse(SAME_END, false),
];

function parse(table: string, sameArguments: boolean): CallFamily[] {
  return table.trim().split("\n").map((line) => ({
    tiers: line.split(">").map((tier) => tier.trim().split(" ")),
    sameArguments,
  }));
}
