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

/** Refuses what is not an action. */
export function checkAction(action: ScmpAction): ScmpAction {
  if (action instanceof ScmpAction) return action;
  throw new ScmpError("EINVAL", "the action must be one of the Act… constants");
}

/** Refuses what is not a system call. */
export function checkSyscall(syscall: ScmpSyscall): ScmpSyscall {
  if (syscall instanceof ScmpSyscall) return syscall;
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
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw new ScmpError(
      "EINVAL",
      "a conditional rule needs at least one condition",
    );
  }
  const seen = new Set<number>();
  return Object.freeze(
    conditions.map(({ argument, op, operandOne, operandTwo }) => {
      // Nothing says that a condition was made by makeCondition.
      const values = op === CompareMaskedEqual
        ? [operandOne, operandTwo]
        : [operandOne];
      const condition = makeCondition(argument, op, ...values);
      if (seen.has(argument)) {
        throw new ScmpError(
          "EINVAL",
          `one rule can compare argument ${argument} only once`,
        );
      }
      seen.add(argument);
      return condition;
    }),
  );
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
