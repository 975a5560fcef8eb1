import { processCalls } from "./_process_symbols.ts";
import { cString, int, libc, SystemCallError } from "./mod.ts";

/** What the kernel says of a process, or of one thread of it. */
export interface ProcessStatus {
  /** One letter: `R`, `S`, `D`, `T` stopped, `t` traced, `Z` zombie, `X`, `I`. */
  readonly state: string;
  /** The process that the thread belongs to; equal to its own id for the first. */
  readonly processId: number;
  /** The parent; 0 if it is out of sight. */
  readonly parent: number;
  /** The process that traces it; 0 if none does. */
  readonly tracer: number;
  /** The effective capabilities, bit by bit. */
  readonly capabilities: bigint;
  /**
   * 0 none, 1 strict, 2 filter (seccomp(2)); `undefined` if the kernel was built
   * without seccomp.
   */
  readonly seccompMode: number | undefined;
  /** How many filters there are; `undefined` before Linux 5.9. */
  readonly filterCount: number | undefined;
}

const ENOENT = 2;
const ESRCH = 3;
const O_RDONLY_CLOEXEC = 0x8_0000;

/**
 * Reads what the kernel says of a process. Deno's own functions would need
 * `--allow-all` for that.
 *
 * @param pid The id of a process or of a thread, in the pid namespace that /proc
 * shows; `"self"` for this process.
 * @returns What it says; `undefined` if there is no such process, or /proc hides
 * it. Needs the ffi permission.
 * @throws {SystemCallError} If it cannot be read.
 *
 * Source: proc_pid_status(5), fs/proc/array.c.
 */
export function readProcessStatus(
  pid: number | "self",
): ProcessStatus | undefined {
  const text = readProcFile(`/proc/${pid}/status`);
  if (text === undefined) return undefined;
  // A name cannot bring a line of its own: the kernel escapes its newlines.
  const field = (name: string) =>
    text.match(new RegExp(`^${name}:\\t(\\S+)`, "m"))?.[1];
  const number = (name: string) => {
    const value = field(name);
    return value === undefined ? undefined : Number(value);
  };
  return {
    state: field("State") ?? "",
    processId: number("Tgid") ?? 0,
    parent: number("PPid") ?? 0,
    tracer: number("TracerPid") ?? 0,
    capabilities: BigInt(`0x${field("CapEff") ?? 0}`),
    seccompMode: number("Seccomp"),
    filterCount: number("Seccomp_filters"),
  };
}

/** @returns The file's text, or `undefined` if its process is gone. */
function readProcFile(path: string): string | undefined {
  const { calls, errno } = libc();
  const { read } = processCalls();
  const failure = () => {
    if (errno[0] === ENOENT || errno[0] === ESRCH) return undefined;
    throw new SystemCallError(`read ${path}`, errno[0]);
  };
  const descriptor = calls.open(cString(path).pointer, O_RDONLY_CLOEXEC, 0);
  if (descriptor < 0) return failure();
  try {
    const chunk = new Uint8Array(4096);
    const decoder = new TextDecoder();
    let text = "";
    while (true) {
      const count = Number(read(int(descriptor), chunk, BigInt(chunk.length)));
      if (count < 0) return failure();
      if (count === 0) return text;
      text += decoder.decode(chunk.subarray(0, count), { stream: true });
    }
  } finally {
    calls.close(int(descriptor));
  }
}
