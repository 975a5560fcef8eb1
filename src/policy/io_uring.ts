/**
 * What io_uring does without a system call.
 *
 * Source: io_uring_enter(2); `enum io_uring_op` and `enum
 * io_uring_socket_op` of include/uapi/linux/io_uring.h, Linux 6.16. A kernel
 * may be too old for some of it.
 *
 * @module
 */

/** Something that io_uring does, and the calls that do it else. */
export interface IoUringOperation {
  /** As in "a job can …". */
  readonly does: string;
  readonly calls: readonly string[];
}

/** One operation a line. */
const OPERATIONS = `
  open files: open openat openat2 creat
  read: read readv pread64 preadv preadv2
  write: write writev pwrite64 pwritev pwritev2
  close descriptors: close close_range
  make directories: mkdir mkdirat
  remove files: unlink unlinkat
  remove directories: rmdir unlinkat
  rename files: rename renameat renameat2
  make links: link linkat
  make symbolic links: symlink symlinkat
  look files up: stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx
  cut files off: truncate truncate64 ftruncate ftruncate64
  allocate space: fallocate
  have files written to the disk: fsync fdatasync sync_file_range
  set extended attributes: setxattr fsetxattr lsetxattr setxattrat
  read extended attributes: getxattr fgetxattr lgetxattr getxattrat
  splice: splice
  tee: tee
  make pipes: pipe pipe2
  make sockets: socket
  connect: connect
  bind: bind
  listen: listen
  accept connections: accept accept4
  send: send sendto sendmsg sendmmsg
  receive: recv recvfrom recvmsg recvmmsg recvmmsg_time64
  shut connections down: shutdown
  set socket options: setsockopt
  read socket options: getsockopt
  poll: poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64
  change epoll sets: epoll_ctl epoll_ctl_old
  wait for epoll events: epoll_wait epoll_wait_old epoll_pwait epoll_pwait2
  wait for processes: wait4 waitid waitpid
  wait for futexes: futex futex_time64 futex_wait futex_waitv
  wake waiters of futexes: futex futex_time64 futex_wake
  sleep: nanosleep clock_nanosleep clock_nanosleep_time64
  advise on memory: madvise process_madvise
  advise on files: fadvise64 fadvise64_64 arm_fadvise64_64
`;

/** All of them. */
export const ioUringOperations: readonly IoUringOperation[] = OPERATIONS.trim()
  .split("\n").map((line) => {
    const [does, calls] = line.trim().split(": ");
    return { does, calls: calls.split(" ") };
  });
