/**
 * The handful of libc calls that Deno has no API for, opened once and callable
 * after permissions are gone.
 *
 * The first parameter of each function is declared as a struct of one word;
 * `src/libseccomp/_symbols.ts` says why.
 *
 * @module
 */
import { errnoName } from "./errno.ts";

const INT = { struct: ["i32"] } as const;
const LONG = { struct: ["i64"] } as const;
const POINTER = { struct: ["pointer"] } as const;

const LIBC = {
  // int *__errno_location(void): the superfluous argument is never read
  __errno_location: { parameters: [INT], result: "pointer" },
  // char **environ; what is opened is the variable's address
  environ: { type: "pointer" },
  // void *dlsym(void *restrict handle, const char *restrict symbol)
  dlsym: { parameters: [POINTER, "buffer"], result: "u64" },
  // void _exit(int status)
  _exit: { parameters: [INT], result: "void" },
  // int __cxa_atexit(void (*f)(void *), void *arg, void *dso_handle)
  __cxa_atexit: { parameters: [POINTER, "u64", "u64"], result: "i32" },
  // int open(const char *pathname, int flags, mode_t mode)
  open: { parameters: [POINTER, "i32", "u32"], result: "i32" },
  // int close(int fd)
  close: { parameters: [INT], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: [INT, "buffer", "usize"], result: "isize" },
  // int fcntl(int fd, int op, int arg)
  fcntl: { parameters: [INT, "i32", "i32"], result: "i32" },
  // int dup2(int oldfd, int newfd)
  dup2: { parameters: [INT, "i32"], result: "i32" },
  // void *malloc(size_t size)
  malloc: { parameters: [LONG], result: "u64" },
  // int unshare(int flags)
  unshare: { parameters: [INT], result: "i32" },
  // char *realpath(const char *restrict path, char *restrict resolved_path)
  realpath: { parameters: [POINTER, "buffer"], result: "u64" },
  // FILE *fdopen(int fd, const char *mode)
  fdopen: { parameters: [INT, "buffer"], result: "u64" },
  // int setvbuf(FILE *restrict stream, char *restrict buf, int mode, size_t
  // size)
  setvbuf: { parameters: [POINTER, "u64", "i32", "usize"], result: "i32" },
  // int fputs(const char *restrict s, FILE *restrict stream)
  fputs: { parameters: [POINTER, "u64"], result: "i32" },
  // int socket(int domain, int type, int protocol)
  socket: { parameters: [INT, "i32", "i32"], result: "i32" },
  // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
  connect: { parameters: [INT, "buffer", "u32"], result: "i32" },
  // uid_t geteuid(void): the superfluous argument is never read
  geteuid: { parameters: [INT], result: "u32" },
  // gid_t getegid(void): likewise
  getegid: { parameters: [INT], result: "u32" },
  // int euidaccess(const char *pathname, int mode)
  euidaccess: { parameters: [POINTER, "i32"], result: "i32" },
  // unsigned long getauxval(unsigned long type)
  getauxval: { parameters: [LONG], result: "u64" },
  // int capget(cap_user_header_t hdrp, cap_user_data_t datap)
  capget: { parameters: [POINTER, "buffer"], result: "i32" },
  // int prctl(int op, unsigned long arg2, unsigned long arg3, unsigned long
  // arg4, unsigned long arg5)
  prctl: { parameters: [INT, "u64", "u64", "u64", "u64"], result: "i32" },
  // int setrlimit(int resource, const struct rlimit *rlim)
  setrlimit: { parameters: [INT, "buffer"], result: "i32" },
  // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct
  // rlimit *old_limit)
  prlimit: { parameters: [INT, "i32", "u64", "buffer"], result: "i32" },
  // sighandler_t signal(int signum, sighandler_t handler)
  signal: { parameters: [INT, "u64"], result: "u64" },
  // long syscall(long number, …)
  syscall: { parameters: [LONG, "u64", "u64", "buffer"], result: "i64" },
  // seccomp(unsigned int operation, unsigned int flags, void *args), for which
  // glibc has no function; no bigint among these, which would be allocated
  seccomp: {
    name: "syscall",
    parameters: [LONG, "u32", "u32", "buffer"],
    result: "i32",
  },
  // int execve(const char *pathname, char *const argv[], char *const envp[]):
  // the superfluous argument is never read. With as many as seccomp has, its
  // call needs the memory that seccomp's has just given back; other memory
  // could be behind a lock, and to wait for that, refused.
  execve: {
    parameters: [POINTER, "buffer", "pointer", "pointer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The opened functions, and the calling thread's `errno`. */
export interface Libc {
  readonly calls: Omit<
    Deno.DynamicLibrary<typeof LIBC>["symbols"],
    "environ" | "__errno_location"
  >;
  /** `environ`: the environment as this process was given it, byte for byte. */
  readonly environ: Deno.PointerValue;
  /** The main thread's `errno`, as memory. */
  readonly errno: Int32Array;
}

let opened: Libc | undefined;

/**
 * Opens libc, once. Needs the ffi permission the first time only.
 *
 * @throws {TypeError} If a function is missing: glibc 2.27 or newer is needed.
 */
export function libc(): Libc {
  if (opened) return opened;
  const { environ: variable, __errno_location, ...calls } =
    Deno.dlopen("libc.so.6", LIBC).symbols;
  const location = __errno_location(int(0));
  if (location === null) throw new Error("libc has no errno");
  const errno = new Int32Array(
    Deno.UnsafePointerView.getArrayBuffer(location, 4),
  );
  if (variable === null) throw new Error("libc has no environ");
  const environ = new Deno.UnsafePointerView(variable).getPointer();
  return opened = { calls, environ, errno };
}

/**
 * A value for a parameter that is declared as a struct of one `int`. Bound when
 * this module is loaded, as are the two after it: a plugin that replaces
 * `Int32Array.of` must not decide the exit code.
 */
export const int: (value: number) => Int32Array<ArrayBuffer> = Int32Array.of
  .bind(Int32Array);

/** A value for a parameter that is declared as a struct of one `long`. */
export const long: (value: bigint) => BigInt64Array<ArrayBuffer> = BigInt64Array
  .of.bind(BigInt64Array);

/** An address for a parameter that is declared as a struct of one pointer. */
export const pointer: (value: bigint) => BigUint64Array<ArrayBuffer> =
  BigUint64Array.of.bind(BigUint64Array);

/**
 * Bytes that C can read and write for as long as this object, or its pointer,
 * is referred to.
 */
export interface CMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * The address, for a `u64` parameter or a field of a struct; it keeps nothing
   * alive.
   */
  readonly address: bigint;
  /**
   * The address, for a parameter that is declared as a struct of one pointer.
   */
  readonly pointer: BigUint64Array<ArrayBuffer>;
}

/** Lays bytes out where C can read and write them. Needs the ffi permission. */
export function memory(content: Uint8Array<ArrayBuffer>): CMemory {
  // An empty buffer has no address of its own.
  const bytes = content.length > 0 ? content : new Uint8Array(8);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  // An address alone would not stop the bytes from being collected.
  return {
    bytes,
    address,
    pointer: Object.assign(pointer(address), { bytes }),
  };
}

/**
 * Lays a text out as a C string. Needs the ffi permission.
 *
 * @throws {TypeError} If the text has a NUL byte: what C would read is not what
 * was meant.
 */
export function cString(text: string): CMemory {
  return memory(encodeCString(text));
}

/**
 * The address of a function of this process.
 *
 * @throws {Error} If there is no such function.
 */
export function functionAddress(name: string): bigint {
  const RTLD_DEFAULT = 0n;
  const address = libc().calls.dlsym(
    pointer(RTLD_DEFAULT),
    cString(name).bytes,
  );
  if (address === 0n) throw new Error(`libc has no function ${name}`);
  return address;
}

/**
 * Lays texts out as C has `argv`: an array of pointers that ends in a null
 * pointer, and the strings after it, in one piece of memory. Needs the ffi
 * permission.
 *
 * @throws {TypeError} If a text has a NUL byte.
 */
export function cStrings(texts: readonly string[]): CMemory {
  const strings = texts.map(encodeCString);
  const start = (strings.length + 1) * 8;
  const size = strings.reduce((sum, { length }) => sum + length, start);
  const { bytes, address, pointer } = memory(new Uint8Array(size));
  const pointers = new DataView(bytes.buffer);
  let offset = start;
  strings.forEach((string, index) => {
    pointers.setBigUint64(index * 8, address + BigInt(offset), true);
    bytes.set(string, offset);
    offset += string.length;
  });
  return { bytes, address, pointer };
}

function encodeCString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`${JSON.stringify(text)} has a NUL byte`);
  }
  return new TextEncoder().encode(`${text}\0`);
}

/** A libc call that failed. */
export class SystemCallError extends Error {
  override readonly name = "SystemCallError";
  /** The errno name, as `ENOENT`. */
  readonly code: string;

  /**
   * @param what What could not be done, in words: `execute /opt/jacamar`.
   * @param value The errno value; taken from the calling thread where it is
   * left out.
   */
  constructor(what: string, value: number = libc().errno[0]) {
    const code = errnoName(value);
    super(`could not ${what}: ${code}`);
    this.code = code;
  }
}
