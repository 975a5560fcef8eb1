/**
 * Which arguments of which calls matter to a policy: those that choose what a
 * call does, and that a filter can see, because they are no memory.
 *
 * @module
 */

/** One argument that matters. */
export interface ShapeArgument {
  /** Counted from 0. */
  readonly index: number;
  /** The bits of it that matter. */
  readonly mask: bigint;
}

const WORD = 0xffff_ffffn;
/** `SOCK_TYPE_MASK` of include/linux/net.h: without SOCK_CLOEXEC, SOCK_NONBLOCK. */
const SOCKET_TYPE = 0xfn;
/** All flags of clone(2) but the signal, `CSIGNAL` of include/uapi/linux/sched.h. */
const CLONE_FLAGS = 0xffff_ff00n;

const word = (index: number): ShapeArgument => ({ index, mask: WORD });
const id = word(0);
const three = [word(0), word(1), word(2)];
const socket = [word(0), { index: 1, mask: SOCKET_TYPE }];

/**
 * By the call's name. Sources: the manual page of each, and for their width
 * include/linux/syscalls.h. Not here, because the filter cannot see them:
 * openat2(2), clone3(2).
 */
export const SHAPES: ReadonlyMap<string, readonly ShapeArgument[]> = new Map(
  Object.entries({
    arch_prctl: [word(0)],
    bpf: [word(0)],
    clone: [{ index: 0, mask: CLONE_FLAGS }],
    fcntl: [word(1)],
    fcntl64: [word(1)],
    ioctl: [word(1)],
    keyctl: [word(0)],
    open: [word(1)],
    openat: [word(2)],
    personality: [word(0)],
    prctl: [word(0)],
    ptrace: [word(0)],
    seccomp: [word(0)],
    setfsgid: [id],
    setfsuid: [id],
    setgid: [id],
    setns: [word(1)],
    setregid: [word(0), word(1)],
    setresgid: three,
    setresuid: three,
    setreuid: [word(0), word(1)],
    setuid: [id],
    socket,
    socketpair: socket,
    unshare: [word(0)],
  }),
);
