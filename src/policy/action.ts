import { errnoName } from "../libc/errno.ts";
import type { ScmpAction } from "../libseccomp/mod.ts";

/** Whether the kernel carries a call out under an action. */
export function passes({ kind }: ScmpAction): boolean {
  return kind === "Allow" || kind === "Log";
}

/**
 * Whether a call may be carried out under an action: of `ActTrace` a tracer
 * decides, which may be the job's own, and of `ActNotify` a supervisor.
 */
export function mayPass(action: ScmpAction): boolean {
  return passes(action) || action.kind === "Trace" || action.kind === "Notify";
}

/** An action as people write it: `ActErrno(EPERM)`. */
export function describeAction(action: ScmpAction): string {
  return action.kind === "Errno"
    ? `ActErrno(${errnoName(action.getReturnCode())})`
    : `${action}`;
}
