import { int, memory, SystemCallError } from "../libc/mod.ts";

const INT = { struct: ["i32"] } as const;

/** Opened only where there are plugins. */
const SOCKETS = {
  // int socketpair(int domain, int type, int protocol, int sv[2])
  socketpair: { parameters: [INT, "i32", "i32", "buffer"], result: "i32" },
  // ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)
  sendmsg: { parameters: [INT, "buffer", "i32"], result: "isize" },
  // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)
  recvmsg: { parameters: [INT, "buffer", "i32"], result: "isize" },
  // int close(int fd)
  close: { parameters: [INT], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 0x8;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

/** Where in one piece of memory each part of a message is, in bytes. */
const HEADER = 0; // struct msghdr, 56 bytes
const VECTOR = 56; // struct iovec, 16 bytes
const CONTROL = 72; // struct cmsghdr, 16 bytes, then the descriptors
const DESCRIPTORS = CONTROL + 16;

/** Descriptors that are in no table of any process. */
export interface Stowed {
  /**
   * Takes them out, once.
   *
   * @returns New descriptors for the same files, in the same order.
   * @throws {Error} If they are not there any more.
   */
  take(): number[];
}

/**
 * Puts copies of descriptors where no number leads to them: into a message that
 * was sent to a socket and not received. What has this socket can have them
 * lost by reading it, and cannot have others in their place: the socket that
 * could send is closed.
 *
 * @param descriptors At most 16 of them.
 * @throws {SystemCallError} If that cannot be done.
 *
 * Source: unix(7) `SCM_RIGHTS`, cmsg(3).
 */
export function stow(descriptors: readonly number[]): Stowed {
  const { socketpair, sendmsg, recvmsg, close } =
    Deno.dlopen("libc.so.6", SOCKETS).symbols;
  const pair = new Int32Array(2);
  const kind = SOCK_STREAM | SOCK_CLOEXEC;
  if (socketpair(int(AF_UNIX), kind, 0, new Uint8Array(pair.buffer)) !== 0) {
    throw new SystemCallError("make a pair of sockets");
  }
  const size = DESCRIPTORS + 4 * descriptors.length;
  const { bytes, address } = memory(new Uint8Array(Math.ceil(size / 8) * 8));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(HEADER + 16, address + BigInt(VECTOR), true);
  view.setBigUint64(HEADER + 24, 1n, true);
  view.setBigUint64(HEADER + 32, address + BigInt(CONTROL), true);
  view.setBigUint64(HEADER + 40, BigInt(size - CONTROL), true);
  // The one byte that there has to be is one of the header's, which is 0.
  view.setBigUint64(VECTOR, address + BigInt(HEADER), true);
  view.setBigUint64(VECTOR + 8, 1n, true);
  view.setBigUint64(CONTROL, BigInt(size - CONTROL), true);
  view.setInt32(CONTROL + 8, SOL_SOCKET, true);
  view.setInt32(CONTROL + 12, SCM_RIGHTS, true);
  descriptors.forEach((fd, index) =>
    view.setInt32(DESCRIPTORS + 4 * index, fd, true)
  );
  if (sendmsg(int(pair[0]), bytes, 0) !== 1n) {
    throw new SystemCallError("stow descriptors away");
  }
  close(int(pair[0]));
  const receive = int(pair[1]);
  const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
  return {
    take() {
      view.setInt32(CONTROL + 12, 0, true);
      const received = recvmsg(receive, bytes, flags);
      const isWhole = received === 1n &&
        (view.getInt32(HEADER + 48, true) & MSG_CTRUNC) === 0 &&
        view.getBigUint64(CONTROL, true) === BigInt(size - CONTROL) &&
        view.getInt32(CONTROL + 12, true) === SCM_RIGHTS;
      if (!isWhole) {
        throw new Error("the driver's standard descriptors are gone");
      }
      return descriptors.map((_, index) =>
        view.getInt32(DESCRIPTORS + 4 * index, true)
      );
    },
  };
}
