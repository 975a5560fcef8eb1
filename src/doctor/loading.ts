import { decideNoNewPrivs, PrivilegeError } from "../launch/privileges.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import type { PrivilegeFacts, Wish } from "./privileges.ts";

const NAME = "loading";
const GIVE_ADMIN =
  "start it with CAP_SYS_ADMIN, which root has, or a service by AmbientCapabilities= of systemd";

/**
 * Whether no_new_privs would be on for the driver.
 *
 * @returns `undefined` where no filter could be loaded.
 */
export function wouldHaveNoNewPrivs(
  { privileges }: Pick<PrivilegeFacts, "privileges">,
  { noNewPrivs, disabled }: Wish,
): boolean | undefined {
  if (disabled || privileges.noNewPrivs) return privileges.noNewPrivs;
  try {
    return decideNoNewPrivs(noNewPrivs, privileges);
  } catch (error) {
    if (error instanceof PrivilegeError) return undefined;
    throw error;
  }
}

/** Whether exec could load a filter, and what it would have to do for that. */
export function diagnoseLoading(
  facts: Pick<PrivilegeFacts, "privileges" | "loading">,
  wish: Wish,
): Diagnosis {
  const { loading, privileges } = facts;
  if (wish.disabled) {
    return ok(NAME, "nothing would be loaded: disabled = true");
  }
  if (loading !== "EFAULT" && loading !== "EACCES") {
    return problem(
      NAME,
      `no filter could be loaded: seccomp(2) answers ${loading}`,
      "see the kernel's filters, above",
    );
  }
  const noNewPrivs = wouldHaveNoNewPrivs(facts, wish);
  if (noNewPrivs === undefined) {
    return problem(
      NAME,
      "no filter could be loaded: no_new_privs = false, and no CAP_SYS_ADMIN",
      `${GIVE_ADMIN}; or no_new_privs = "auto"`,
    );
  }
  if (loading === "EACCES" && !noNewPrivs) {
    return problem(
      NAME,
      "no filter could be loaded: the kernel does not heed this process's CAP_SYS_ADMIN",
      "no_new_privs = true; or run it where the capability is not taken away",
    );
  }
  if (!noNewPrivs) {
    return ok(NAME, "a filter can be loaded, and no_new_privs stays off");
  }
  if (privileges.noNewPrivs || wish.noNewPrivs === true) {
    return ok(NAME, "a filter can be loaded, with no_new_privs on");
  }
  return warning(
    NAME,
    "a filter can be loaded, but only with no_new_privs: setuid programs and file capabilities, also the driver's, will do nothing",
    `${GIVE_ADMIN}; or accept it with no_new_privs = true`,
  );
}
