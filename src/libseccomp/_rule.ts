import { ScmpAction } from "./action.ts";
import {
  CompareMaskedEqual,
  makeCondition,
  type ScmpCondition,
} from "./condition.ts";
import { ScmpError } from "./error.ts";
import { ScmpSyscall } from "./syscall.ts";

/**
 * `sizeof(struct scmp_arg_cmp)`: unsigned int arg; enum scmp_compare op;
 * uint64_t datum_a, datum_b.
 */
const CONDITION_SIZE = 24;

/** A system call has this many arguments. */
const ARGUMENTS = 6;

/** Refuses what is not an action. */
export function checkAction(action: ScmpAction): ScmpAction {
  if (ScmpAction.is(action)) return action;
  throw new ScmpError("EINVAL", "the action must be one of the Act… constants");
}

/** Refuses what is not a system call. */
export function checkSyscall(syscall: ScmpSyscall): ScmpSyscall {
  if (ScmpSyscall.is(syscall)) return syscall;
  throw new ScmpError(
    "EINVAL",
    "the system call must come from getSyscallFromName",
  );
}

/**
 * Refuses what cannot be a default action. Source: `NewFilter` of
 * libseccomp-golang.
 */
export function checkDefault(action: ScmpAction): ScmpAction {
  if (checkAction(action).kind === "Notify") {
    throw new ScmpError("EINVAL", "the default action cannot be ActNotify");
  }
  return action;
}

/**
 * Refuses conditions that libseccomp would refuse without a reason, and copies
 * the others, so that nobody can change them once they are in a journal.
 */
export function checkConditions(
  conditions: readonly ScmpCondition[],
): readonly ScmpCondition[] {
  // Whatever it is: its length is read once, and its methods are not called.
  const count = Array.isArray(conditions) ? conditions.length : 0;
  if (!(count >= 1 && count <= ARGUMENTS)) {
    throw new ScmpError(
      "EINVAL",
      `a conditional rule has at least one condition and at most ${ARGUMENTS}`,
    );
  }
  const checked: ScmpCondition[] = [];
  for (let index = 0; index < count; index++) {
    // Nothing says that a condition was made by makeCondition.
    const { argument, op, operandOne, operandTwo } = conditions[index];
    const values = op === CompareMaskedEqual
      ? [operandOne, operandTwo]
      : [operandOne];
    const condition = makeCondition(argument, op, ...values);
    if (checked.some((other) => other.argument === condition.argument)) {
      throw new ScmpError(
        "EINVAL",
        `one rule can compare argument ${condition.argument} only once`,
      );
    }
    checked.push(condition);
  }
  return Object.freeze(checked);
}

/** Lays conditions out as an array of `struct scmp_arg_cmp`. */
export function encode(
  conditions: readonly ScmpCondition[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(conditions.length * CONDITION_SIZE);
  const view = new DataView(bytes.buffer);
  conditions.forEach(({ argument, op, operandOne, operandTwo }, index) => {
    const at = index * CONDITION_SIZE;
    view.setUint32(at, argument, true);
    view.setInt32(at + 4, op.native, true);
    view.setBigUint64(at + 8, operandOne, true);
    view.setBigUint64(at + 16, operandTwo, true);
  });
  return bytes;
}
