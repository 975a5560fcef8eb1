import {
  type ActionName,
  type Answer,
  askActions,
  askLoading,
  askPidfdGetfd,
} from "./ask_seccomp.ts";
import { isThere, look, type Sight } from "./look.ts";
import { readProcessStatus } from "../libc/process_status.ts";

/** `CAP_SYS_PTRACE` of capabilities(7). */
const CAP_SYS_PTRACE = 19n;

/** What the kernel tells of itself. */
export interface KernelFacts {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** As `uname -m` prints it. */
  readonly machine: string;
  /** See {@linkcode askLoading}. */
  readonly loading: Answer;
  readonly actions: readonly ActionName[];
  /** Those whose records are written where a filter asks for it. */
  readonly actionsLogged: Sight;
  /** `/proc/self/loginuid`, which is there where the kernel has audit. */
  readonly loginuid: Sight;
  readonly commandLine: Sight;
  /** See {@linkcode askPidfdGetfd}. */
  readonly pidfdGetfd: Answer;
  /** Whether there is `/proc/self/seccomp_cache`, which few kernels show. */
  readonly showsCache: boolean;
  readonly jit: Sight;
  /** Yama's ptrace_scope. */
  readonly yama: Sight;
  readonly lsm: Sight;
  /** Whether this process has CAP_SYS_PTRACE. */
  readonly mayTrace: boolean;
}

/** Asks the kernel. Needs the ffi and the sys permission. */
export function readKernelFacts(): KernelFacts {
  const capabilities = readProcessStatus("self")?.capabilities ?? 0n;
  return {
    release: Deno.osRelease(),
    machine: Deno.build.arch,
    loading: askLoading(),
    actions: askActions(),
    actionsLogged: look("/proc/sys/kernel/seccomp/actions_logged"),
    loginuid: look("/proc/self/loginuid"),
    commandLine: look("/proc/cmdline"),
    pidfdGetfd: askPidfdGetfd(),
    showsCache: isThere("/proc/self/seccomp_cache"),
    jit: look("/proc/sys/net/core/bpf_jit_enable"),
    yama: look("/proc/sys/kernel/yama/ptrace_scope"),
    lsm: look("/sys/kernel/security/lsm"),
    mayTrace: (capabilities & (1n << CAP_SYS_PTRACE)) !== 0n,
  };
}
