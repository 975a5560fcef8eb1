import { ScmpError } from "./error.ts";

/**
 * The names of the actions, in the order of seccomp(2)'s precedence: the first
 * is the most restrictive.
 */
export type ActionKind =
  | "KillProcess"
  | "KillThread"
  | "Trap"
  | "Errno"
  | "Notify"
  | "Trace"
  | "Log"
  | "Allow";

/**
 * `SCMP_ACT_*` of seccomp.h, which are the kernel's `SECCOMP_RET_*`
 * (include/uapi/linux/seccomp.h).
 */
const VALUES: Readonly<Record<ActionKind, number>> = {
  KillProcess: 0x8000_0000,
  KillThread: 0x0000_0000,
  Trap: 0x0003_0000,
  Errno: 0x0005_0000,
  Notify: 0x7fc0_0000,
  Trace: 0x7ff0_0000,
  Log: 0x7ffc_0000,
  Allow: 0x7fff_0000,
};

/** `SECCOMP_RET_DATA`: the low 16 bits of an action carry its return code. */
const DATA = 0xffff;

/**
 * The highest errno that libseccomp takes for an action (src/db.c,
 * `db_action_valid`: below MAX_ERRNO).
 */
const HIGHEST_ERRNO = 4094;

/**
 * What the kernel does with a system call. Immutable: {@linkcode
 * ScmpAction.setReturnCode} returns another action.
 *
 * Source: seccomp(2) "SECCOMP_SET_MODE_FILTER"; `ScmpAction` of
 * libseccomp-golang.
 */
export class ScmpAction {
  readonly #brand = true;
  readonly kind: ActionKind;
  /**
   * The return code, as a property: what compares objects by their properties,
   * as `assert.deepEqual` does, must tell EPERM from ENOSYS.
   */
  readonly code: number;

  private constructor(kind: ActionKind, code: number) {
    // In JavaScript nothing is private but what begins with #, and whoever
    // makes an action decides what runs wherever it is used.
    const isPlain = new.target === ScmpAction && typeof kind === "string" &&
      Object.hasOwn(VALUES, kind) && Number.isInteger(code);
    if (!isPlain) throw new ScmpError("EINVAL", "there is no such action");
    this.kind = kind;
    this.code = code;
    Object.freeze(this);
  }

  /** Whether a value is one that this class made, and not just like it. */
  static is(value: unknown): value is ScmpAction {
    return typeof value === "object" && value !== null && #brand in value;
  }

  /**
   * The action of a kind, with return code 0.
   *
   * @throws {ScmpError} `EINVAL` if there is no such kind.
   */
  static of(kind: ActionKind): ScmpAction {
    if (typeof kind !== "string" || !Object.hasOwn(VALUES, kind)) {
      throw new ScmpError("EINVAL", `there is no action ${String(kind)}`);
    }
    return new ScmpAction(kind, 0);
  }

  /**
   * The action that the kernel knows by a value.
   *
   * @param value `SECCOMP_RET_*` with its data, an unsigned 32-bit integer.
   * @returns `undefined` if the kernel has no such action. The data of an action
   * that has no return code is dropped.
   */
  static fromNative(value: number): ScmpAction | undefined {
    const action = (value & ~DATA) >>> 0;
    const [kind] = Object.entries(VALUES).find(([, each]) => each === action) ??
      [];
    if (kind === undefined) return undefined;
    const hasCode = kind === "Errno" || kind === "Trace";
    return new ScmpAction(kind as ActionKind, hasCode ? value & DATA : 0);
  }

  /**
   * The same action with a return code: the errno of {@linkcode ActErrno}, the
   * message of {@linkcode ActTrace}. As in libseccomp-golang the other actions
   * have none and are returned as they are.
   *
   * @param code An integer: 0 to 4094 for `ActErrno`, as libseccomp takes no
   * more, and 0 to 65535 for the others.
   * @returns The action with that code.
   * @throws {ScmpError} `EINVAL` if the code is not such an integer.
   *
   * @example
   * ```ts
   * import { ActErrno, errno } from "jacamar-seccomp";
   * ActErrno.setReturnCode(errno.EPERM);
   * ```
   */
  setReturnCode(code: number): ScmpAction {
    const highest = this.kind === "Errno" ? HIGHEST_ERRNO : DATA;
    if (!Number.isInteger(code) || code < 0 || code > highest) {
      throw new ScmpError(
        "EINVAL",
        `a return code of ${this} is an integer from 0 to ${highest}, not ${code}`,
      );
    }
    if (this.kind !== "Errno" && this.kind !== "Trace") return this;
    return new ScmpAction(this.kind, code);
  }

  /** The return code: 0 to 65535, and 0 for the actions that have none. */
  getReturnCode(): number {
    return this.code;
  }

  /** The 32-bit value that libseccomp and the kernel know this action by. */
  toNative(): number {
    return (VALUES[this.kind] | this.code) >>> 0;
  }

  /** Whether both actions are the same to the kernel. */
  equals(other: ScmpAction): boolean {
    return this.toNative() === other.toNative();
  }

  /** The action's name with its code, as `ActErrno(1)`. */
  toString(): string {
    const code = this.kind === "Errno" || this.kind === "Trace"
      ? `(${this.code})`
      : "";
    return `Act${this.kind}${code}`;
  }
}

/** Kills the thread that makes the call. */
export const ActKillThread: ScmpAction = ScmpAction.of("KillThread");
/** The same. Source: the deprecated `ActKill` of libseccomp-golang. */
export const ActKill: ScmpAction = ActKillThread;
/** Kills the whole process, as with SIGSYS. Needs Linux 4.14. */
export const ActKillProcess: ScmpAction = ScmpAction.of("KillProcess");
/** Sends SIGSYS, which the process may handle. */
export const ActTrap: ScmpAction = ScmpAction.of("Trap");
/**
 * Hands the call to a supervisor listening on the filter's notification
 * descriptor. Needs Linux 5.0.
 */
export const ActNotify: ScmpAction = ScmpAction.of("Notify");
/**
 * Fails the call with an errno. Without `setReturnCode` that errno is 0: the
 * call "succeeds" and does nothing.
 */
export const ActErrno: ScmpAction = ScmpAction.of("Errno");
/** Notifies a tracer; without one the call fails with ENOSYS. */
export const ActTrace: ScmpAction = ScmpAction.of("Trace");
/** Logs the call and lets it pass. Needs Linux 4.14. */
export const ActLog: ScmpAction = ScmpAction.of("Log");
/** Lets the call pass. */
export const ActAllow: ScmpAction = ScmpAction.of("Allow");
