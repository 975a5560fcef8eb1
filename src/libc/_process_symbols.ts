/**
 * The calls that look into another process, in a table of their own: what loads
 * a filter and becomes another program has no use for them.
 */
const INT = { struct: ["i32"] } as const;

const LIBC = {
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: [INT, "buffer", "usize"], result: "isize" },
  // long ptrace(enum __ptrace_request op, …): here pid_t pid, void *addr, void
  // *data; x86_64 and aarch64 pass variadic words as any others
  ptrace: { parameters: [INT, "i32", "u64", "u64"], result: "i64" },
  ptraceInto: {
    name: "ptrace",
    parameters: [INT, "i32", "u64", "buffer"],
    result: "i64",
  },
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
  waitid: { parameters: [INT, "u32", "buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type ProcessCalls = Deno.DynamicLibrary<typeof LIBC>["symbols"];

let opened: ProcessCalls | undefined;

/** Opens them, once. Needs the ffi permission the first time only. */
export function processCalls(): ProcessCalls {
  return opened ??= Deno.dlopen("libc.so.6", LIBC).symbols;
}
