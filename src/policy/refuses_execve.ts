import {
  getNativeArch,
  getSyscallFromName,
  type Journal,
} from "../libseccomp/mod.ts";
import { describeAction, passes } from "./action.ts";

/** Why no driver could be started under a filter. */
export interface ExecveRefusal {
  readonly reason: string;
  /** Who is behind it, as in `JournalRule.origin`; none if that is not known. */
  readonly origins: readonly string[];
}

/** Nobody could be started under a filter; who is behind that. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly origins: readonly string[];

  constructor({ reason, origins }: ExecveRefusal) {
    super(`the driver could not be started: ${reason}`);
    this.origins = origins;
  }
}

/** @throws {StartError} If one of the filters would refuse to start any driver. */
export function requireExecve(
  filters: readonly { readonly journal: Journal | undefined }[],
): void {
  for (const { journal } of filters) {
    const refusal = journal && refusesExecve(journal);
    if (refusal) throw new StartError(refusal);
  }
}

/**
 * Whether a filter refuses execve whatever its arguments, so that no driver
 * could ever be started under it.
 *
 * @param journal What the filter was told.
 * @returns Why it does, or `undefined` if it does not.
 */
export function refusesExecve(journal: Journal): ExecveRefusal | undefined {
  const execve = getSyscallFromName("execve").number;
  const native = getNativeArch();
  const { defaultAction, architectures } = journal;
  if (!architectures.includes(native)) {
    if (passes(journal.badArchAction)) return undefined;
    return because(`the filter lacks ${native}`, journal.badArchOrigin);
  }
  const rules = journal.rules.filter(({ syscall, architectures }) =>
    syscall.number === execve && architectures.includes(native)
  );
  // Whatever else there is, the first rule without conditions decides: see
  // call_state.ts.
  const whole = rules.find(({ conditions }) => conditions.length === 0);
  if (whole) {
    if (passes(whole.action)) return undefined;
    const how = describeAction(whole.action);
    return because(`execve is refused with ${how}`, whole.origin);
  }
  if (passes(defaultAction) || rules.some(({ action }) => passes(action))) {
    return undefined;
  }
  return because(
    `the default action ${
      describeAction(defaultAction)
    } refuses execve and no rule allows it`,
    journal.defaultOrigin,
  );
}

function because(reason: string, origin: string): ExecveRefusal {
  return { reason, origins: origin === "" ? [] : [origin] };
}
