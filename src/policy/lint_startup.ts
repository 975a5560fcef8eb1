import { errno } from "../libc/errno.ts";
import {
  ArchAMD64,
  ArchARM64,
  type ScmpAction,
  type ScmpArch,
} from "../libseccomp/mod.ts";
import { describeAction } from "./action.ts";
import type { CallState, CallStates } from "./call_state.ts";
import { eachOnce, enumerate, type Finding } from "./finding.ts";

interface Need {
  /** Any of these will do: which one is called depends on glibc's version. */
  readonly calls: readonly string[];
  /** Whether the program goes on if the call fails, unless that kills it. */
  readonly spared?: boolean;
  /** The only architecture that it is needed on. */
  readonly only?: ScmpArch;
}

/**
 * What a dynamically linked program calls before its own first line, and to
 * end.
 *
 * Measured with `true` and `dash -c :` under glibc 2.31, 2.36 and 2.41: on
 * x86_64 by refusing each call alone, with EPERM and with a kill, and by allowing
 * only these; on aarch64 by tracing. A static program needs fewer.
 */
const NEEDS: readonly Need[] = [
  { calls: ["execve"] },
  { calls: ["mmap"] },
  { calls: ["mprotect"] },
  { calls: ["openat"] },
  { calls: ["read"] },
  { calls: ["pread64"], only: ArchAMD64 },
  { calls: ["newfstatat", "fstat", "statx"] },
  { calls: ["close"] },
  { calls: ["arch_prctl"], only: ArchAMD64 },
  { calls: ["exit_group"] },
  { calls: ["brk"], spared: true },
  { calls: ["munmap"], spared: true },
  { calls: ["access"], spared: true, only: ArchAMD64 },
  { calls: ["faccessat"], spared: true, only: ArchARM64 },
];

/** Finds what keeps ordinary programs from starting, or from starting others. */
export function* lintStartup(states: CallStates): Generator<Finding> {
  yield* lintNeeds(states);
  yield* lintClone3(states);
}

function* lintNeeds(states: CallStates): Generator<Finding> {
  const missing: string[] = [];
  const refusing: CallState[] = [];
  for (const { calls, spared, only } of NEEDS) {
    if (only !== undefined && only !== states.native) continue;
    const found = calls.map((name) => states.of(name))
      .filter((state) => state !== undefined);
    if (found.some(({ openness }) => openness !== "refused")) continue;
    if (spared && !found.some(({ actions }) => actions.some(kills))) continue;
    missing.push(calls.join("/"));
    refusing.push(...found);
  }
  if (missing.length === 0) return;
  yield {
    severity: "warning",
    message: "no dynamically linked program can start without " +
      enumerate(missing),
    origins: eachOnce(refusing.flatMap(({ origins }) => origins)),
  };
}

function kills({ kind }: ScmpAction): boolean {
  return kind === "KillProcess" || kind === "KillThread" || kind === "Trap";
}

/**
 * pthread_create(3) and posix_spawn(3) of glibc 2.34 and later call clone3, and
 * turn to clone on ENOSYS only: measured with glibc 2.36.
 */
function* lintClone3(states: CallStates): Generator<Finding> {
  const clone3 = states.of("clone3");
  const clone = states.of("clone");
  if (clone3?.openness !== "refused" || clone?.openness === "refused") return;
  const wrong = clone3.actions.find((action) =>
    action.kind !== "Errno" || action.getReturnCode() !== errno.ENOSYS
  );
  if (!wrong) return;
  yield {
    severity: "warning",
    message:
      `clone3 is refused with ${describeAction(wrong)}: glibc 2.34 and ` +
      "later start no threads, as they turn to clone on ENOSYS only",
    origins: clone3.origins,
  };
}
