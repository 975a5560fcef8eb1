import { errnoName } from "../libc/errno.ts";
import type { ScmpAction } from "../libseccomp/mod.ts";

/** Whether the kernel carries a call out under an action. */
export function passes({ kind }: ScmpAction): boolean {
  return kind === "Allow" || kind === "Log";
}

/** An action as people write it: `ActErrno(EPERM)`. */
export function describeAction(action: ScmpAction): string {
  return action.kind === "Errno"
    ? `ActErrno(${errnoName(action.getReturnCode())})`
    : `${action}`;
}
