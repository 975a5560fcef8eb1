import { libc, long } from "../libc/mod.ts";
import {
  type ProcessStatus,
  readProcessStatus,
} from "../libc/process_status.ts";
import { type Privileges, readPrivileges } from "../launch/privileges.ts";
import { effectiveUser } from "../launch/user.ts";
import { type Answer, askLoading } from "./ask_seccomp.ts";
import { type Diagnosis, ok, warning } from "./diagnosis.ts";
import { diagnoseLoading } from "./loading.ts";

/** `AT_SECURE` of getauxval(3). */
const AT_SECURE = 23n;

/** Those that loading a filter, `learn`, and a driver's downscope need. */
const CAPABILITIES: Readonly<Record<string, bigint>> = {
  CAP_SETGID: 6n,
  CAP_SETUID: 7n,
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
};

/** What this process is allowed, and under what it runs already. */
export interface PrivilegeFacts {
  readonly uid: number;
  readonly gid: number;
  readonly effectiveUid: number;
  readonly effectiveGid: number;
  readonly status: Pick<
    ProcessStatus,
    "capabilities" | "seccompMode" | "filterCount"
  >;
  readonly privileges: Privileges;
  readonly loading: Answer;
  /** Whether the dynamic linker heeds no variables (`AT_SECURE`). */
  readonly isSecure: boolean;
}

/** What the configuration says of privileges. */
export interface Wish {
  readonly noNewPrivs: "auto" | boolean;
  readonly disabled: boolean;
}

/** Asks the kernel of this process. Needs the ffi and the sys permission. */
export function readPrivilegeFacts(): PrivilegeFacts {
  const { uid, gid } = effectiveUser();
  const status = readProcessStatus("self");
  return {
    uid: Deno.uid() ?? uid,
    gid: Deno.gid() ?? gid,
    effectiveUid: uid,
    effectiveGid: gid,
    // Without /proc, nothing is known of filters, and no capability told.
    status: status ??
      { capabilities: 0n, seccompMode: undefined, filterCount: undefined },
    privileges: readPrivileges(),
    loading: askLoading(),
    isSecure: libc().calls.getauxval(long(AT_SECURE)) !== 0n,
  };
}

/**
 * Whether a process with these privileges can load a filter, and at what cost.
 *
 * @param facts What the kernel tells of the process.
 * @param wish What the configuration says; without one, its defaults.
 */
export function* diagnosePrivileges(
  facts: PrivilegeFacts,
  wish: Wish,
): Generator<Diagnosis> {
  yield ok("user", describeUser(facts));
  yield ok("capabilities", describeCapabilities(facts.status.capabilities));
  yield diagnoseNoNewPrivs(facts, wish);
  yield diagnoseFilters(facts);
  yield diagnoseLoading(facts, wish);
  yield ok(
    "secure",
    facts.isSecure
      ? "AT_SECURE is set, as by a security module: LD_LIBRARY_PATH and the like are not heeded"
      : "AT_SECURE is not set: the start changed no privileges",
  );
}

function describeUser(
  { uid, gid, effectiveUid, effectiveGid }: PrivilegeFacts,
): string {
  const isSame = uid === effectiveUid && gid === effectiveGid;
  const effective = isSame
    ? ""
    : `, effective uid ${effectiveUid}, gid ${effectiveGid}`;
  return `uid ${uid}, gid ${gid}${effective}`;
}

function describeCapabilities(effective: bigint): string {
  const names = Object.keys(CAPABILITIES);
  const held = names.filter((name) =>
    (effective & (1n << CAPABILITIES[name])) !== 0n
  );
  return held.length === 0
    ? `none of ${names.join(", ")}`
    : `effective: ${held.join(", ")}`;
}

function diagnoseNoNewPrivs(
  { privileges }: PrivilegeFacts,
  { noNewPrivs }: Wish,
): Diagnosis {
  const name = "no_new_privs";
  if (!privileges.noNewPrivs) return ok(name, "off");
  if (noNewPrivs === true) return ok(name, "on, as the configuration asks");
  return warning(
    name,
    "on already: setuid programs such as sudo, and file capabilities, will do nothing for the job",
    "start it without: NoNewPrivileges=no of systemd, no setpriv --no-new-privs; or ask for it with no_new_privs = true",
  );
}

/** Source: proc_pid_status(5), `Seccomp_filters`. */
function diagnoseFilters({ status }: PrivilegeFacts): Diagnosis {
  const name = "filters";
  const { seccompMode, filterCount } = status;
  if (seccompMode === undefined) {
    return ok(name, "how many are on this process cannot be told");
  }
  if (seccompMode === 0) return ok(name, "none is on this process yet");
  const count = filterCount ?? "at least 1";
  const are = count === 1 ? "filter is" : "filters are";
  return warning(
    name,
    `${count} ${are} on this process already: what is refused there, no job can do`,
    "they come from a container, a service (SystemCallFilter= of systemd) or an exec around this one: start it outside, or look with show --pid from there",
  );
}
