/** Calls that a job may make though it did not while it was recorded. */
export interface UnseenCalls {
  /** Those of all ABIs; an ABI that lacks one has no use for it. */
  readonly calls: readonly string[];
  /** On what it depends whether they are made; part of a line. */
  readonly why: string;
}

/**
 * What depends on timing, on sizes or on the machine rather than on what the job
 * does, and is in nobody's way: none of these reaches beyond the process, but for
 * tgkill(2), which kill(2)'s permissions bind, and execve(2), without which
 * nothing starts.
 *
 * Sources: the manual page of each; restart_syscall(2), vdso(7), abort(3),
 * signal(7), and malloc(3) of glibc.
 */
export const UNSEEN: readonly UnseenCalls[] = [
  { calls: ["execve"], why: "starts the driver" },
  { calls: ["exit", "exit_group"], why: "ends a process, or a thread alone" },
  {
    calls: ["futex", "futex_time64", "sched_yield"],
    why: "waits for another thread, if it was slower",
  },
  {
    calls: ["brk", "madvise", "mmap", "mmap2", "mprotect", "mremap", "munmap"],
    why: "memory, by how much is needed",
  },
  {
    calls: ["rt_sigreturn", "sigreturn"],
    why: "ends the handler of a signal that comes",
  },
  {
    calls: [
      "clock_nanosleep",
      "clock_nanosleep_time64",
      "nanosleep",
      "rt_sigsuspend",
      "sigsuspend",
    ],
    why: "waits for what may have come already",
  },
  {
    calls: ["sched_getaffinity", "sched_getparam", "sched_getscheduler"],
    why: "asks about a thread, where there are many",
  },
  { calls: ["restart_syscall"], why: "goes on with a wait after a stop" },
  {
    calls: ["getpid", "gettid", "rt_sigaction", "rt_sigprocmask", "tgkill"],
    why: "abort(3), as after a failed assertion",
  },
  {
    calls: [
      "clock_getres",
      "clock_getres_time64",
      "clock_gettime",
      "clock_gettime64",
      "getcpu",
      "getrandom",
      "gettimeofday",
      "time",
    ],
    why: "made where the vDSO does not do it",
  },
];
