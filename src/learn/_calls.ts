/**
 * The libc calls of the recorder. The first parameters are plain integers here,
 * so that V8 may call them without a detour: each is made for every system call
 * of a job.
 */
const LIBC = {
  // int ioctl(int fd, unsigned long op, void *argp): all operations that are
  // used have 32 bits
  ioctl: { parameters: ["i32", "u32", "buffer"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "u32", "i32"], result: "i32" },
  // int pipe2(int pipefd[2], int flags)
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  // int fcntl(int fd, int op, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
  // int dup(int oldfd)
  dup: { parameters: ["i32"], result: "i32" },
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // ssize_t readlink(const char *restrict path, char *restrict buf, size_t
  // bufsiz)
  readlink: { parameters: ["buffer", "buffer", "u32"], result: "i32" },
  // int posix_spawn(pid_t *restrict pid, const char *restrict path, const
  // posix_spawn_file_actions_t *restrict file_actions, const posix_spawnattr_t
  // *restrict attrp, char *const argv[restrict], char *const envp[restrict])
  posix_spawn: {
    parameters: ["buffer", "buffer", "pointer", "pointer", "buffer", "pointer"],
    result: "i32",
  },
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  // long syscall(long number, …): here pidfd_open(pid_t pid, unsigned int flags)
  // and pidfd_getfd(int pidfd, int targetfd, unsigned int flags)
  pidfd: {
    name: "syscall",
    parameters: ["i32", "i32", "i32", "i32"],
    result: "i32",
  },
  // int open(const char *pathname, int flags, mode_t mode)
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  // int fsync(int fd)
  fsync: { parameters: ["i32"], result: "i32" },
  // int rename(const char *oldpath, const char *newpath)
  rename: { parameters: ["buffer", "buffer"], result: "i32" },
  // int flock(int fd, int op)
  flock: { parameters: ["i32", "i32"], result: "i32" },
  // int euidaccess(const char *pathname, int mode)
  euidaccess: { parameters: ["buffer", "i32"], result: "i32" },
  // pid_t tcgetpgrp(int fd)
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
  // pid_t getpgrp(void)
  getpgrp: { parameters: [], result: "i32" },
  // int unlink(const char *pathname)
  unlink: { parameters: ["buffer"], result: "i32" },
  // int prctl(int op, unsigned long arg2)
  prctl: { parameters: ["i32", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Calls = Deno.DynamicLibrary<typeof LIBC>["symbols"];

let opened: Calls | undefined;

/** Opens them, once. Needs the ffi permission the first time only. */
export function learnCalls(): Calls {
  return opened ??= Deno.dlopen("libc.so.6", LIBC).symbols;
}
