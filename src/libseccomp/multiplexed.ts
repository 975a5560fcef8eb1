/**
 * The calls of x86 that can be made through socketcall(2) and ipc(2), whose
 * first argument says which one it is. libseccomp gives them pseudo-numbers of
 * which that argument can be read off (`__PNR_socket` is −101).
 *
 * Source: src/syscalls.c of libseccomp; net/socket.c and ipc/syscall.c of the
 * kernel.
 *
 * @module
 */

/** How a call is made through another one. */
export interface Multiplexed {
  /** The number of the other one, on x86. */
  readonly number: number;
  /** What its first argument is. */
  readonly which: number;
  /**
   * The bits of that argument that the kernel looks at: ipc(2) takes the upper
   * half for a version (ipc/syscall.c), which libseccomp does not heed.
   */
  readonly mask: number;
}

/** Pseudo-numbers go down from this one: −101 is `SYS_SOCKET`, 1. */
const SOCKET = -100;
const LAST_SOCKET = -120;
const IPC = -200;
const LAST_IPC = -224;
const SOCKETCALL_NUMBER = 102;
const IPC_NUMBER = 117;
const WORD = 0xffff_ffff;
const HALF = 0xffff;

/** How the call with a pseudo-number is made; `undefined`: in no such way. */
export function multiplexedBy(pseudo: number): Multiplexed | undefined {
  if (pseudo < SOCKET && pseudo >= LAST_SOCKET) {
    return { number: SOCKETCALL_NUMBER, which: SOCKET - pseudo, mask: WORD };
  }
  if (pseudo < IPC && pseudo >= LAST_IPC) {
    return { number: IPC_NUMBER, which: IPC - pseudo, mask: HALF };
  }
  return undefined;
}

/**
 * The numbers on x86 of those that are system calls of their own as well, by
 * pseudo-number (arch/x86/entry/syscalls/syscall_32.tbl).
 */
export const directCalls: ReadonlyMap<number, number> = new Map([
  [-101, 359], // socket
  [-102, 361], // bind
  [-103, 362], // connect
  [-104, 363], // listen
  [-106, 367], // getsockname
  [-107, 368], // getpeername
  [-108, 360], // socketpair
  [-111, 369], // sendto
  [-112, 371], // recvfrom
  [-113, 373], // shutdown
  [-114, 366], // setsockopt
  [-115, 365], // getsockopt
  [-116, 370], // sendmsg
  [-117, 372], // recvmsg
  [-118, 364], // accept4
  [-119, 337], // recvmmsg
  [-120, 345], // sendmmsg
  [-202, 393], // semget
  [-203, 394], // semctl
  [-211, 400], // msgsnd
  [-212, 401], // msgrcv
  [-213, 399], // msgget
  [-214, 402], // msgctl
  [-221, 397], // shmat
  [-222, 398], // shmdt
  [-223, 395], // shmget
  [-224, 396], // shmctl
]);
