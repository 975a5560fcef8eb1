import { readKernelFile } from "./kernel_file.ts";

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

/**
 * Reads what the kernel says of a process.
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
  const text = readKernelFile(`/proc/${pid}/status`);
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
