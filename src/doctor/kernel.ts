import { enumerate } from "../policy/finding.ts";
import { type ActionName, ACTIONS } from "./ask_seccomp.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import { diagnoseSpeed } from "./kernel_speed.ts";
import { diagnoseLogging } from "./kernel_logging.ts";
import type { KernelFacts } from "./kernel_facts.ts";
import { isSince } from "./release.ts";

/** Without these no filter of this program can do what is asked of it. */
const NEEDED: readonly ActionName[] = ["kill_process", "errno", "allow"];

/** What does not work without the others. */
const USES: Partial<Record<ActionName, string>> = {
  kill_thread: "plugins cannot use ActKillThread",
  trap: "plugins cannot use ActTrap",
  user_notif: "learn does not work",
  trace: "plugins cannot use ActTrace",
  log: 'mode = "log" does not work',
};

/** Whether the kernel has what filters need, and what makes them quick. */
export function* diagnoseKernel(facts: KernelFacts): Generator<Diagnosis> {
  yield ok("version", `Linux ${facts.release} on ${facts.machine}`);
  const filters = diagnoseFilters(facts);
  yield filters;
  // Nothing else that is asked of seccomp(2) would be the kernel's own answer.
  if (filters.status === "ok") {
    yield diagnoseActions(facts);
    yield* diagnoseLogging(facts);
    yield diagnoseNotification(facts);
  }
  yield* diagnoseSpeed(facts);
  yield diagnoseYama(facts);
  const { lsm } = facts;
  yield ok(
    "modules",
    lsm.text === undefined
      ? `which security modules are on cannot be told: ${lsm.why}`
      : `security modules: ${lsm.text.replaceAll(",", ", ")}`,
  );
}

function diagnoseFilters({ loading }: KernelFacts): Diagnosis {
  const name = "filters";
  switch (loading) {
    case "EFAULT":
    case "EACCES":
      return ok(name, "the kernel takes filters");
    case "ANSWERED":
      return problem(
        name,
        "a filter that is on already answers seccomp(2) in the kernel's place",
        "start it where that filter lets seccomp(2) pass",
      );
    case "EINVAL":
      return problem(
        name,
        "the kernel takes no filters (EINVAL)",
        "run a kernel with CONFIG_SECCOMP_FILTER",
      );
    default:
      return problem(
        name,
        `seccomp(2) is refused (${loading}), as by the filter of a container`,
        "start it where seccomp(2) is allowed, on a kernel with CONFIG_SECCOMP_FILTER",
      );
  }
}

function diagnoseActions({ actions }: KernelFacts): Diagnosis {
  const name = "actions";
  const missing = (Object.keys(ACTIONS) as ActionName[])
    .filter((action) => !actions.includes(action));
  if (missing.length === 0) return ok(name, enumerate(actions));
  const what = `the kernel does not know ${enumerate(missing)}`;
  const newer = "run a newer kernel: all are there since Linux 5.0";
  if (missing.some((action) => NEEDED.includes(action))) {
    return problem(name, `${what}: no filter can be loaded`, newer);
  }
  const lost = missing.flatMap((action) => USES[action] ?? []);
  return warning(name, `${what}: ${enumerate(lost)}`, newer);
}

/**
 * Source: seccomp_unotify(2), `SECCOMP_USER_NOTIF_FLAG_CONTINUE`;
 * pidfd_getfd(2).
 */
function diagnoseNotification(
  { actions, pidfdGetfd, release }: KernelFacts,
): Diagnosis {
  const name = "notification";
  const newer = "run Linux 5.6 or newer for learn; jobs do not need it";
  if (!actions.includes("user_notif")) {
    return warning(name, "learn does not work: no user_notif", newer);
  }
  if (pidfdGetfd === "ENOSYS") {
    return warning(name, "learn does not work: no pidfd_getfd(2)", newer);
  }
  if (pidfdGetfd !== "EBADF") {
    return warning(
      name,
      `learn does not work: pidfd_getfd(2) is refused (${pidfdGetfd})`,
      "run learn where no filter refuses that",
    );
  }
  if (!isSince(release, 5, 5)) {
    return warning(
      name,
      "learn does not work, unless this kernel was given SECCOMP_USER_NOTIF_FLAG_CONTINUE",
      newer,
    );
  }
  return ok(name, "learn has what it needs: user_notif, pidfd_getfd(2)");
}

/** Source: Documentation/admin-guide/LSM/Yama.rst of Linux. */
function diagnoseYama({ yama, mayTrace }: KernelFacts): Diagnosis {
  const name = "yama";
  if (yama.text === undefined) {
    return ok(name, `Yama restricts no tracing: ${yama.why}`);
  }
  const scope = `kernel.yama.ptrace_scope is ${yama.text}`;
  switch (yama.text) {
    case "0":
      return ok(name, `${scope}: Yama restricts no tracing`);
    case "1":
      return ok(name, `${scope}: a process may trace those that it started`);
    case "2": {
      const only = `${scope}: only CAP_SYS_PTRACE may trace`;
      if (mayTrace) return ok(name, `${only}, which this process has`);
      return warning(
        name,
        `${only}: learn and show --pid do not work here`,
        "use them as root; or sysctl kernel.yama.ptrace_scope=1",
      );
    }
    default:
      return warning(
        name,
        `${scope}: nobody may trace: learn and show --pid do not work`,
        "take it out of sysctl.d and boot again; jobs do not need it",
      );
  }
}
