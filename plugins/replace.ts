/**
 * Has the `after_script` do nothing but tidy up: replaces the filter, the
 * configured rules with it, by a list of what may be called. Files and processes
 * of one's own are open; the network, new namespaces, mounts, tracing and
 * terminal injection are not.
 *
 * What is not on the list returns ENOSYS, as if the kernel did not have it:
 * programs then take another way where there is one, as from clone3 to clone.
 * Try the list out with `mode = "log"` before a job meets it: what a driver
 * needs, other than a shell does, is for its site to add.
 *
 * @module
 */
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  CompareMaskedEqual,
  errno,
  getSyscallFromName,
  makeCondition,
  type SeccompExpansion,
} from "jacamar-seccomp";

/** What is open whatever its arguments; some exist on one architecture only. */
const OPEN = `
  access alarm arch_prctl bind brk capget capset chdir chmod chown clock_getres
  clock_gettime clock_nanosleep close connect copy_file_range creat dup dup2
  dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd
  eventfd2 execve execveat exit exit_group faccessat fadvise64 fallocate fchdir
  fchmod fchmodat fchown fchownat fcntl fdatasync fgetxattr flistxattr flock
  fork fsetxattr fstat fstatfs fsync ftruncate futex futimesat get_robust_list
  getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer
  getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid
  getresuid getrlimit getrusage getsid getsockname getsockopt gettid
  gettimeofday getuid getxattr inotify_add_watch inotify_init1
  inotify_rm_watch kill lchown lgetxattr link linkat listxattr llistxattr lseek
  lsetxattr lstat madvise membarrier memfd_create mincore mkdir mkdirat mlock
  mlock2 mmap mprotect mremap msync munlock munmap nanosleep newfstatat open
  openat pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll prctl pread64
  preadv prlimit64 pselect6 pwrite64 pwritev read readahead readlink readlinkat
  readv recvfrom recvmsg removexattr rename renameat renameat2
  restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
  rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
  sched_getaffinity sched_getparam sched_getscheduler sched_setaffinity
  sched_yield seccomp select sendfile sendmmsg sendmsg sendto set_robust_list
  set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid
  setpriority setregid setresgid setresuid setreuid setrlimit setsid
  setsockopt setuid setxattr shutdown sigaltstack signalfd4 splice
  stat statfs statx symlink symlinkat sync sync_file_range sysinfo tee tgkill
  time timer_create timer_delete timer_getoverrun timer_gettime timer_settime
  timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask
  uname unlink unlinkat utime utimensat utimes vfork vmsplice wait4 waitid
  write writev
`.trim().split(/\s+/);

/** The requests of ioctl that a script without a terminal makes. */
const REQUESTS = [
  0x5401, // TCGETS: isatty(3)
  0x540f, // TIOCGPGRP
  0x5413, // TIOCGWINSZ
  0x541b, // FIONREAD
  0x5421, // FIONBIO
  0x5450, // FIONCLEX
  0x5451, // FIOCLEX
  0x4004_9409, // FICLONE: cp(1)
];
const AF_UNIX = 1;
/** Every CLONE_NEW… that clone(2) takes. */
const NAMESPACES = 0x7e02_0000;
/** An argument of type `int`: the kernel ignores its upper half. */
const INT = 0xffff_ffff;

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  if (stage !== "after_script") return;
  filter.reset(ActErrno.setReturnCode(errno.ENOSYS));
  filter.setBadArchAction(ActKillProcess);
  for (const name of OPEN) filter.addRule(getSyscallFromName(name), ActAllow);

  const only = (name: string, argument: number, mask: number, value: number) =>
    filter.addRuleConditional(getSyscallFromName(name), ActAllow, [
      makeCondition(argument, CompareMaskedEqual, mask, value),
    ]);
  only("socket", 0, INT, AF_UNIX);
  only("socketpair", 0, INT, AF_UNIX);
  // The arguments of clone3 lie in memory, where no filter can look.
  only("clone", 0, NAMESPACES, 0);
  for (const request of REQUESTS) only("ioctl", 1, INT, request);
};
