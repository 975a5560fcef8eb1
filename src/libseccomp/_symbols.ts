/**
 * The table of libseccomp functions, and the one place that opens the library.
 *
 * Deno compiles a machine-code trampoline for every FFI function whose
 * signature has no struct, about 0.1 ms each, whether it is called or not. A
 * struct of one machine word travels exactly as that word does (System V AMD64
 * psABI §3.2.3, AAPCS64 §6.8.2), so the first parameter of each function is
 * declared as such a struct: opening costs a tenth, and a call stays well under
 * a microsecond.
 */
import { ScmpError } from "./error.ts";

/** `scmp_filter_ctx`, or any other pointer, as the only member of a struct. */
const POINTER = { struct: ["pointer"] } as const;
/** An `int` or `uint32_t` as the only member of a struct. */
const WORD = { struct: ["u32"] } as const;
/**
 * For the functions without parameters: a superfluous register argument, which
 * the callee never reads.
 */
const NOTHING = WORD;
// Pointers that C returns are taken as plain 64-bit numbers: reading a Deno
// pointer object needs the ffi permission, and that is gone while a plugin
// runs.

const LIBSECCOMP = {
  // const struct scmp_version *seccomp_version(void)
  seccomp_version: { parameters: [NOTHING], result: "u64" },
  // unsigned int seccomp_api_get(void)
  seccomp_api_get: { parameters: [NOTHING], result: "u32" },
  // scmp_filter_ctx seccomp_init(uint32_t def_action)
  seccomp_init: { parameters: [WORD], result: "u64" },
  // int seccomp_reset(scmp_filter_ctx ctx, uint32_t def_action)
  seccomp_reset: { parameters: [POINTER, "u32"], result: "i32" },
  // void seccomp_release(scmp_filter_ctx ctx)
  seccomp_release: { parameters: [POINTER], result: "void" },
  // int seccomp_load(const scmp_filter_ctx ctx)
  seccomp_load: { parameters: [POINTER], result: "i32" },
  // int seccomp_attr_get(const scmp_filter_ctx ctx, enum scmp_filter_attr attr,
  // uint32_t *value)
  seccomp_attr_get: { parameters: [POINTER, "u32", "buffer"], result: "i32" },
  // int seccomp_attr_set(scmp_filter_ctx ctx, enum scmp_filter_attr attr,
  // uint32_t value)
  seccomp_attr_set: { parameters: [POINTER, "u32", "u32"], result: "i32" },
  // int seccomp_syscall_resolve_name_arch(uint32_t arch_token, const char
  // *name)
  seccomp_syscall_resolve_name_arch: {
    parameters: [WORD, "buffer"],
    result: "i32",
  },
  // char *seccomp_syscall_resolve_num_arch(uint32_t arch_token, int num)
  seccomp_syscall_resolve_num_arch: {
    parameters: [WORD, "i32"],
    result: "u64",
  },
  // int seccomp_rule_add_array(scmp_filter_ctx ctx, uint32_t action, int
  // syscall,
  //                            unsigned int arg_cnt, const struct scmp_arg_cmp
  // *arg_array)
  seccomp_rule_add_array: {
    parameters: [POINTER, "u32", "i32", "u32", "buffer"],
    result: "i32",
  },
  // int seccomp_rule_add_exact_array(… as above …)
  seccomp_rule_add_exact_array: {
    parameters: [POINTER, "u32", "i32", "u32", "buffer"],
    result: "i32",
  },
  // int seccomp_syscall_priority(scmp_filter_ctx ctx, int syscall, uint8_t
  // priority)
  seccomp_syscall_priority: {
    parameters: [POINTER, "i32", "u8"],
    result: "i32",
  },
  // int seccomp_arch_exist(const scmp_filter_ctx ctx, uint32_t arch_token)
  seccomp_arch_exist: { parameters: [POINTER, "u32"], result: "i32" },
  // int seccomp_arch_add(scmp_filter_ctx ctx, uint32_t arch_token)
  seccomp_arch_add: { parameters: [POINTER, "u32"], result: "i32" },
  // int seccomp_arch_remove(scmp_filter_ctx ctx, uint32_t arch_token)
  seccomp_arch_remove: { parameters: [POINTER, "u32"], result: "i32" },
  // int seccomp_merge(scmp_filter_ctx ctx_dst, scmp_filter_ctx ctx_src)
  seccomp_merge: { parameters: [POINTER, "u64"], result: "i32" },
  // int seccomp_export_bpf(const scmp_filter_ctx ctx, int fd)
  seccomp_export_bpf: { parameters: [POINTER, "i32"], result: "i32" },
  // int seccomp_export_pfc(const scmp_filter_ctx ctx, int fd)
  seccomp_export_pfc: { parameters: [POINTER, "i32"], result: "i32" },
  // int seccomp_api_set(unsigned int level)
  seccomp_api_set: { parameters: [WORD], result: "i32" },
  // int seccomp_notify_fd(const scmp_filter_ctx ctx)
  seccomp_notify_fd: { parameters: [POINTER], result: "i32" },
  // Since libseccomp 2.6.0:
  // int seccomp_export_bpf_mem(const scmp_filter_ctx ctx, void *buf, size_t
  // *len)
  seccomp_export_bpf_mem: {
    parameters: [POINTER, "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  // int seccomp_precompute(const scmp_filter_ctx ctx)
  seccomp_precompute: {
    parameters: [POINTER],
    result: "i32",
    optional: true,
  },
  // int seccomp_transaction_start(const scmp_filter_ctx ctx)
  seccomp_transaction_start: {
    parameters: [POINTER],
    result: "i32",
    optional: true,
  },
  // int seccomp_transaction_commit(const scmp_filter_ctx ctx)
  seccomp_transaction_commit: {
    parameters: [POINTER],
    result: "i32",
    optional: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * What of libc the binding needs: a file in memory to export to, and copying
 * out of the library's own memory.
 */
const LIBC = {
  // int memfd_create(const char *name, unsigned int flags)
  memfd_create: { parameters: [POINTER, "u32"], result: "i32" },
  // ssize_t pread(int fd, void *buf, size_t count, off_t offset)
  pread: { parameters: [WORD, "buffer", "usize", "i64"], result: "isize" },
  // int close(int fd)
  close: { parameters: [WORD], result: "i32" },
  // void *memcpy(void *restrict dest, const void *restrict src, size_t n)
  memcpy: { parameters: [POINTER, "u64", "usize"], result: "u64" },
  // char *strncpy(char *restrict dest, const char *restrict src, size_t n)
  strncpy: { parameters: [POINTER, "u64", "usize"], result: "u64" },
  // void free(void *ptr)
  free: { parameters: [POINTER], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Bytes that C can read and write, with the address that goes into a `POINTER`
 * parameter.
 */
export interface Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly address: BigUint64Array<ArrayBuffer>;
}

/**
 * The opened libraries, and one piece of memory for names and small results.
 */
export interface Symbols {
  readonly seccomp: Deno.DynamicLibrary<typeof LIBSECCOMP>["symbols"];
  readonly libc: Deno.DynamicLibrary<typeof LIBC>["symbols"];
  readonly scratch: Memory;
}

/** The library's name to the dynamic linker, the same since libseccomp 2.0. */
export const SONAME = "libseccomp.so.2";
/** What Deno and dlopen(3) say over again. */
const REPEATED = /Could not open library: |libseccomp\.so\.2: (?=cannot open)/g;
const OLDEST = [2, 5, 0] as const;

let opened: Symbols | undefined;

/**
 * Opens libseccomp and the few libc functions beside it, once; later calls
 * return what the first opened.
 *
 * Permissions may be revoked once it has returned: what is open stays callable,
 * and nothing of the binding asks for a permission after that.
 *
 * @throws {ScmpError} `ENOLIB` if the library cannot be opened or is older than
 * 2.5.0.
 */
export function symbols(): Symbols {
  return opened ??= open();
}

function open(): Symbols {
  let seccomp: Symbols["seccomp"];
  try {
    seccomp = Deno.dlopen(SONAME, LIBSECCOMP).symbols;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = (cause as Error).message.replaceAll(REPEATED, "");
    throw new ScmpError(
      "ENOLIB",
      `could not open ${SONAME}: ${why}; ` +
        `it takes libseccomp ${OLDEST.join(".")} or newer ` +
        "(Debian: libseccomp2; RHEL and SLES: libseccomp)",
      { cause },
    );
  }
  const libc = Deno.dlopen("libc.so.6", LIBC).symbols;
  const result: Symbols = { seccomp, libc, scratch: memory(256) };
  const [major, minor, micro] = readVersion(result);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new ScmpError(
      "ENOLIB",
      `libseccomp ${major}.${minor}.${micro} is too old: ${
        OLDEST.join(".")
      } or newer is needed`,
    );
  }
  return result;
}

/** Allocates memory that C may write to; needs the ffi permission. */
function memory(size: number): Memory {
  const bytes = new Uint8Array(size);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  return { bytes, address: BigUint64Array.of(address) };
}

/** A value for a parameter that is declared as a struct of one 32-bit word. */
export const word: (value: number) => Uint32Array<ArrayBuffer> = Uint32Array.of
  .bind(Uint32Array);

/** An address for a parameter that is declared as a struct of one pointer. */
export const pointer: (value: bigint) => BigUint64Array<ArrayBuffer> =
  BigUint64Array.of.bind(BigUint64Array);

/** A C string of a text without NUL. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new ScmpError("EINVAL", "a name may not contain a NUL byte");
  }
  return new TextEncoder().encode(`${text}\0`);
}

/** Reads `struct scmp_version`: three `unsigned int`. */
export function readVersion(
  { seccomp, libc, scratch }: Symbols,
): [number, number, number] {
  libc.memcpy(scratch.address, seccomp.seccomp_version(word(0)), 12n);
  const view = new DataView(scratch.bytes.buffer);
  return [
    view.getUint32(0, true),
    view.getUint32(4, true),
    view.getUint32(8, true),
  ];
}
