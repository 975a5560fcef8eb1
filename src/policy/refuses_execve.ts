import {
  getNativeArch,
  getSyscallFromName,
  type Journal,
} from "../libseccomp/mod.ts";
import { describeAction, passes } from "./action.ts";

/**
 * Whether a filter refuses execve whatever its arguments, so that no driver
 * could ever be started under it.
 *
 * @param journal What the filter was told.
 * @returns Why it does, or `undefined` if it does not.
 */
export function refusesExecve(
  { defaultAction, badArchAction, architectures, rules }: Journal,
): string | undefined {
  const execve = getSyscallFromName("execve").number;
  const native = getNativeArch();
  if (!architectures.includes(native)) {
    return passes(badArchAction) ? undefined : `the filter lacks ${native}`;
  }
  const forExecve = rules.filter(({ syscall, architectures }) =>
    syscall.number === execve && architectures.includes(native)
  );
  // Whatever else there is, the first rule without conditions decides: see
  // call_state.ts.
  const whole = forExecve.find(({ conditions }) => conditions.length === 0);
  if (whole) {
    if (passes(whole.action)) return undefined;
    return `execve is refused with ${
      describeAction(whole.action)
    } by ${whole.origin}`;
  }
  if (
    passes(defaultAction) || forExecve.some(({ action }) => passes(action))
  ) return undefined;
  return `the default action ${
    describeAction(defaultAction)
  } refuses execve and no rule allows it`;
}
