/**
 * The functions of user notification, in a table of their own: what loads a
 * filter and becomes another program has no use for them.
 */
import { SONAME } from "./_symbols.ts";
import { requireVersion } from "./library.ts";

const LIBSECCOMP = {
  // int seccomp_notify_alloc(struct seccomp_notif **req, struct
  // seccomp_notif_resp **resp)
  seccomp_notify_alloc: { parameters: ["buffer", "buffer"], result: "i32" },
  // void seccomp_notify_free(struct seccomp_notif *req, struct
  // seccomp_notif_resp *resp)
  seccomp_notify_free: { parameters: ["u64", "u64"], result: "void" },
  // int seccomp_notify_receive(int fd, struct seccomp_notif *req)
  seccomp_notify_receive: { parameters: ["i32", "u64"], result: "i32" },
  // int seccomp_notify_respond(int fd, struct seccomp_notif_resp *resp)
  seccomp_notify_respond: { parameters: ["i32", "u64"], result: "i32" },
  // int seccomp_notify_id_valid(int fd, uint64_t id)
  seccomp_notify_id_valid: { parameters: ["i32", "u64"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const LIBC = {
  // int *__errno_location(void)
  __errno_location: { parameters: [], result: "pointer" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  pollElsewhere: {
    name: "poll",
    parameters: ["u64", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // void *malloc(size_t size)
  malloc: { parameters: ["usize"], result: "u64" },
  // void free(void *ptr)
  free: { parameters: ["u64"], result: "void" },
  // void *memcpy(void *restrict dest, const void *restrict src, size_t n)
  copyOut: {
    name: "memcpy",
    parameters: ["buffer", "u64", "usize"],
    result: "u64",
  },
  copyIn: {
    name: "memcpy",
    parameters: ["u64", "buffer", "usize"],
    result: "u64",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The opened functions, and the calling thread's `errno`. */
export interface NotifySymbols {
  readonly seccomp: Deno.DynamicLibrary<typeof LIBSECCOMP>["symbols"];
  readonly libc: Omit<
    Deno.DynamicLibrary<typeof LIBC>["symbols"],
    "__errno_location"
  >;
  readonly errno: Int32Array;
}

let opened: NotifySymbols | undefined;

/**
 * Opens what user notification needs. Permissions may be revoked once it has
 * returned.
 *
 * @throws {VersionError} If library or kernel have no user notification.
 * @throws {ScmpError} `ENOLIB` if libseccomp cannot be opened or is too old.
 *
 * Source: `notifSupported` of libseccomp-golang.
 */
export function notifySymbols(): NotifySymbols {
  // Asked for its API level, libseccomp finds out what the kernel has: before
  // that, seccomp_notify_receive(3) answers EOPNOTSUPP.
  requireVersion("user notification", { version: [2, 5, 0], api: 6 });
  return opened ??= open();
}

function open(): NotifySymbols {
  const seccomp = Deno.dlopen(SONAME, LIBSECCOMP).symbols;
  const { __errno_location, ...libc } = Deno.dlopen("libc.so.6", LIBC).symbols;
  const location = __errno_location();
  if (location === null) throw new Error("libc has no errno");
  const errno = new Int32Array(
    Deno.UnsafePointerView.getArrayBuffer(location, 4),
  );
  return { seccomp, libc, errno };
}
