// Written by `jacamar-seccomp plugin types`. Declares what plugins and their tests import.

/**
 * What a plugin imports as `jacamar-seccomp`: the binding to libseccomp under
 * the names of libseccomp-golang, the errno values, and the types of the
 * function that it exports.
 *
 * @module
 */
declare module "jacamar-seccomp" {
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
   * What the kernel does with a system call. Immutable: {@linkcode
   * ScmpAction.setReturnCode} returns another action.
   *
   * Source: seccomp(2) "SECCOMP_SET_MODE_FILTER"; `ScmpAction` of
   * libseccomp-golang.
   */
  export class ScmpAction {
    #private;
    readonly kind: ActionKind;
    /**
     * The return code, as a property: what compares objects by their properties,
     * as `assert.deepEqual` does, must tell EPERM from ENOSYS.
     */
    readonly code: number;
    private constructor();
    /** Whether a value is one that this class made, and not just like it. */
    static is(value: unknown): value is ScmpAction;
    /**
     * The action of a kind, with return code 0.
     *
     * @throws {ScmpError} `EINVAL` if there is no such kind.
     */
    static of(kind: ActionKind): ScmpAction;
    /**
     * The action that the kernel knows by a value.
     *
     * @param value `SECCOMP_RET_*` with its data, an unsigned 32-bit integer.
     * @returns `undefined` if the kernel has no such action. The data of an action
     * that has no return code is dropped.
     */
    static fromNative(value: number): ScmpAction | undefined;
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
    setReturnCode(code: number): ScmpAction;
    /** The return code: 0 to 65535, and 0 for the actions that have none. */
    getReturnCode(): number;
    /** The 32-bit value that libseccomp and the kernel know this action by. */
    toNative(): number;
    /** Whether both actions are the same to the kernel. */
    equals(other: ScmpAction): boolean;
    /** The action's name with its code, as `ActErrno(1)`. */
    toString(): string;
  }
  /** Kills the thread that makes the call. */
  export const ActKillThread: ScmpAction;
  /** The same. Source: the deprecated `ActKill` of libseccomp-golang. */
  export const ActKill: ScmpAction;
  /** Kills the whole process, as with SIGSYS. Needs Linux 4.14. */
  export const ActKillProcess: ScmpAction;
  /** Sends SIGSYS, which the process may handle. */
  export const ActTrap: ScmpAction;
  /**
   * Hands the call to a supervisor listening on the filter's notification
   * descriptor. Needs Linux 5.0.
   */
  export const ActNotify: ScmpAction;
  /**
   * Fails the call with an errno. Without `setReturnCode` that errno is 0: the
   * call "succeeds" and does nothing.
   */
  export const ActErrno: ScmpAction;
  /** Notifies a tracer; without one the call fails with ENOSYS. */
  export const ActTrace: ScmpAction;
  /** Logs the call and lets it pass. Needs Linux 4.14. */
  export const ActLog: ScmpAction;
  /** Lets the call pass. */
  export const ActAllow: ScmpAction;
  /**
   * A system call ABI. Two of them are the same if their tokens are.
   *
   * Source: seccomp_arch_add(3); the tokens are the kernel's `AUDIT_ARCH_*`
   * (include/uapi/linux/audit.h), and for the ABIs that share one, those of
   * seccomp.h. `ScmpArch` of libseccomp-golang.
   */
  export class ScmpArch {
    #private;
    /** libseccomp's name for it: `x86_64`, `aarch64`, … */
    readonly name: string;
    /** The token, an unsigned 32-bit number. */
    readonly token: number;
    private constructor();
    /** Whether a value is one that this class made, and not just like it. */
    static is(value: unknown): value is ScmpArch;
    /**
     * Whether arguments are compared over 64 bits. On the other architectures,
     * x32 among them, libseccomp compares the low 32 bits of argument and value.
     */
    get is64Bit(): boolean;
    /** Whether words are little-endian. */
    get isLittleEndian(): boolean;
    /** The architecture's name. */
    toString(): string;
  }
  /** 32-bit x86. */
  export const ArchX86: ScmpArch;
  /** 64-bit x86, also called amd64. */
  export const ArchAMD64: ScmpArch;
  /** The x32 ABI: 64-bit x86 with 32-bit pointers. */
  export const ArchX32: ScmpArch;
  /** 32-bit Arm, EABI. */
  export const ArchARM: ScmpArch;
  /** 64-bit Arm. */
  export const ArchARM64: ScmpArch;
  /** 32-bit MIPS. */
  export const ArchMIPS: ScmpArch;
  /** 64-bit MIPS. */
  export const ArchMIPS64: ScmpArch;
  /** 64-bit MIPS with 32-bit pointers. */
  export const ArchMIPS64N32: ScmpArch;
  /** 32-bit MIPS, little-endian. */
  export const ArchMIPSEL: ScmpArch;
  /** 64-bit MIPS, little-endian. */
  export const ArchMIPSEL64: ScmpArch;
  /** 64-bit MIPS with 32-bit pointers, little-endian. */
  export const ArchMIPSEL64N32: ScmpArch;
  /** 32-bit PowerPC. */
  export const ArchPPC: ScmpArch;
  /** 64-bit PowerPC. */
  export const ArchPPC64: ScmpArch;
  /** 64-bit PowerPC, little-endian. */
  export const ArchPPC64LE: ScmpArch;
  /** 31-bit System z. */
  export const ArchS390: ScmpArch;
  /** 64-bit System z. */
  export const ArchS390X: ScmpArch;
  /** 32-bit PA-RISC. */
  export const ArchPARISC: ScmpArch;
  /** 64-bit PA-RISC. */
  export const ArchPARISC64: ScmpArch;
  /** 64-bit RISC-V. */
  export const ArchRISCV64: ScmpArch;
  /** 64-bit LoongArch. Needs libseccomp 2.6. */
  export const ArchLOONGARCH64: ScmpArch;
  /** 32-bit Motorola 68000. Needs libseccomp 2.6. */
  export const ArchM68K: ScmpArch;
  /** SuperH, little-endian. Needs libseccomp 2.6. */
  export const ArchSH: ScmpArch;
  /** SuperH, big-endian. Needs libseccomp 2.6. */
  export const ArchSHEB: ScmpArch;
  /** The architecture that this program was built for: x86_64 or aarch64. */
  export const ArchNative: ScmpArch;
  /**
   * The architecture that this program was built for: x86_64 or aarch64.
   *
   * Source: seccomp_arch_native(3); `GetNativeArch` of libseccomp-golang.
   */
  export function getNativeArch(): ScmpArch;
  /**
   * An architecture by its name, as libseccomp (`x86_64`) or Go (`amd64`) writes
   * it, in capitals or not, or `native`.
   *
   * @param name The name.
   * @returns The architecture. That there is one does not mean that the loaded
   * libseccomp knows it.
   * @throws {ScmpError} `EINVAL` if there is none of that name.
   *
   * Source: seccomp_arch_resolve_name(3); `GetArchFromString` of
   * libseccomp-golang.
   */
  export function getArchFromString(name: string): ScmpArch;
  /**
   * An architecture by its token.
   *
   * @param token `AUDIT_ARCH_*`, an unsigned 32-bit number.
   * @throws {ScmpError} `EINVAL` if there is none with it.
   */
  export function getArchFromToken(token: number): ScmpArch;
  /**
   * How an argument is compared. All comparisons are unsigned and over all 64
   * bits of the register.
   */
  export type ComparisonName =
    | "NotEqual"
    | "Less"
    | "LessOrEqual"
    | "Equal"
    | "GreaterEqual"
    | "Greater"
    | "MaskedEqual";
  /** A comparison, with its `enum scmp_compare` value. */
  export class ScmpCompareOp {
    #private;
    readonly comparison: ComparisonName;
    /** The value of `enum scmp_compare` in seccomp.h. */
    readonly native: number;
    private constructor();
    /** Whether a value is one that this class made, and not just like it. */
    static is(value: unknown): value is ScmpCompareOp;
    /** The comparison's name, as `CompareEqual`. */
    toString(): string;
  }
  /** The argument is not the value. */
  export const CompareNotEqual: ScmpCompareOp;
  /** The argument is less than the value. */
  export const CompareLess: ScmpCompareOp;
  /** The argument is at most the value. */
  export const CompareLessOrEqual: ScmpCompareOp;
  /** The argument is the value. */
  export const CompareEqual: ScmpCompareOp;
  /** The argument is at least the value. */
  export const CompareGreaterEqual: ScmpCompareOp;
  /** The argument is greater than the value. */
  export const CompareGreater: ScmpCompareOp;
  /** The argument, masked with the first value, is the second. */
  export const CompareMaskedEqual: ScmpCompareOp;
  /**
   * One condition of a rule: (argument index, comparison, value). Made by
   * {@linkcode makeCondition}.
   */
  export interface ScmpCondition {
    /** The argument's index, 0 to 5. */
    readonly argument: number;
    readonly op: ScmpCompareOp;
    /** What is compared with, or the mask of `CompareMaskedEqual`; 0 to 2⁶⁴−1. */
    readonly operandOne: bigint;
    /** The value of `CompareMaskedEqual`, 0 elsewhere; 0 to 2⁶⁴−1. */
    readonly operandTwo: bigint;
  }
  /**
   * Makes one condition of a conditional rule.
   *
   * The kernel looks at only the low 32 bits of an argument that a system call
   * declares as `int` or `unsigned int`, but a comparison here is over the whole
   * register, whose upper half the caller controls. Compare such an argument with
   * `makeCondition(index, CompareMaskedEqual, 0xffffffff, value)`, never with
   * `CompareEqual`.
   *
   * @param argument The index of the argument, 0 to 5.
   * @param comparison How to compare it.
   * @param values One value; or with `CompareMaskedEqual` two, the mask and what
   * the masked argument must be. Integers from 0 to 2⁶⁴−1; above 2⁵³−1 as a
   * bigint.
   * @returns The condition, to be handed to `addRuleConditional`.
   * @throws {ScmpError} `EINVAL` for an index, a comparison, a number of values
   * or a value out of range.
   *
   * Source: seccomp_rule_add(3); `MakeCondition` of libseccomp-golang.
   *
   * @example
   * ```ts
   * import { CompareMaskedEqual, makeCondition } from "jacamar-seccomp";
   * const TIOCSTI = 0x5412;
   * makeCondition(1, CompareMaskedEqual, 0xffffffff, TIOCSTI);
   * ```
   */
  export function makeCondition(
    argument: number,
    comparison: ScmpCompareOp,
    ...values: readonly (number | bigint)[]
  ): ScmpCondition;
  /**
   * A call into libseccomp that failed, or one that was refused before it reached
   * the library.
   *
   * `code` is the errno name that libseccomp returned (`EINVAL`, `EACCES`, …),
   * `EINVAL` for an argument refused here, `E2BIG` for a filter that would become
   * too large, `ENOLIB` where the library itself could not be opened or is too
   * old, and `ESTALE` for a filter that may no longer be used.
   */
  export class ScmpError extends Error {
    readonly name: string;
    readonly code: string;
    constructor(code: string, message: string, options?: ErrorOptions);
  }
  /**
   * The loaded libseccomp, or the kernel under it, is too old for a call; `code`
   * is `EOPNOTSUPP`.
   *
   * Source: `VersionError` of libseccomp-golang.
   */
  export class VersionError extends ScmpError {
    readonly name = "VersionError";
    constructor(message: string);
  }
  /**
   * A system call, by its number on the native architecture.
   *
   * A number below −1 is a *pseudo-syscall* of libseccomp: one that exists on
   * other architectures only (`mkdir` on aarch64). A rule for it is accepted and
   * has no effect.
   *
   * Source: `ScmpSyscall` of libseccomp-golang.
   */
  export class ScmpSyscall {
    #private;
    /** The number, a signed 32-bit integer. */
    readonly number: number;
    /**
     * @param number The number; -1 is libseccomp's "no such call" and refused.
     * @throws {ScmpError} `EINVAL` if it is not a signed 32-bit integer, or -1.
     */
    constructor(number: number);
    /** Whether a value is one that this class made, and not just like it. */
    static is(value: unknown): value is ScmpSyscall;
    /**
     * The call's name on the native architecture.
     *
     * @throws {ScmpError} `ENOENT` if no call has the number. Source: `GetName`
     * of libseccomp-golang.
     */
    getName(): string;
    /**
     * The name of the call with this number on an architecture.
     *
     * @throws {ScmpError} `ENOENT` if no call of it has the number, `EINVAL` for
     * what is not an architecture.
     *
     * Source: seccomp_syscall_resolve_num_arch(3); `GetNameByArch` of
     * libseccomp-golang.
     */
    getNameByArch(arch: ScmpArch): string;
    /** The call's name, or its number in brackets where it has none. */
    toString(): string;
  }
  /**
   * A system call by its name, on the native architecture.
   *
   * @param name The name, as in syscalls(2).
   * @returns The call. One that exists on other architectures only comes back as
   * a pseudo-syscall.
   * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name.
   *
   * Source: seccomp_syscall_resolve_name(3); `GetSyscallFromName` of
   * libseccomp-golang.
   */
  export function getSyscallFromName(name: string): ScmpSyscall;
  /**
   * A system call by its name, with the number it has on an architecture.
   *
   * @param name The name, as in syscalls(2).
   * @param arch The architecture.
   * @returns The call.
   * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name,
   * `EINVAL` for what is not an architecture.
   *
   * Source: seccomp_syscall_resolve_name_arch(3); `GetSyscallFromNameByArch` of
   * libseccomp-golang.
   */
  export function getSyscallFromNameByArch(
    name: string,
    arch: ScmpArch,
  ): ScmpSyscall;
  /**
   * One rule as it was asked for: what the filter shall do, whatever libseccomp
   * makes of it.
   */
  export interface JournalRule {
    readonly syscall: ScmpSyscall;
    readonly action: ScmpAction;
    /** All of them must hold for the rule to match; none: it matches always. */
    readonly conditions: readonly ScmpCondition[];
    /**
     * Those of the filter's architectures that the rule holds for: the ones that
     * the filter had when the rule was added. The number of `syscall` is the
     * native one; libseccomp translates it, by name, for the others.
     */
    readonly architectures: readonly ScmpArch[];
    /** Whether the rule was added by an `…Exact` method. */
    readonly exact: boolean;
    /**
     * Who asked for it: a default rule, a line of the configuration, a plugin's
     * file.
     */
    readonly origin: string;
  }
  /** How important it is that a call is answered fast. */
  export interface JournalPriority {
    readonly syscall: ScmpSyscall;
    /** 0 to 255; more is faster. */
    readonly priority: number;
    /** Those that the filter had when the priority was set. */
    readonly architectures: readonly ScmpArch[];
  }
  /**
   * Everything a filter was told, in order, independent of libseccomp.
   *
   * The program that libseccomp generates is an answer to this and can be held
   * against it.
   */
  export interface Journal {
    /** For the calls of which no rule matches. */
    readonly defaultAction: ScmpAction;
    /** Who chose the default action, as in a rule's `origin`. */
    readonly defaultOrigin: string;
    /**
     * For the calls made on an architecture that is not one of `architectures`.
     */
    readonly badArchAction: ScmpAction;
    /** Who chose that action. */
    readonly badArchOrigin: string;
    readonly architectures: readonly ScmpArch[];
    readonly rules: readonly JournalRule[];
    /** As set with `setSyscallPriority`, in order. */
    readonly priorities: readonly JournalPriority[];
    /**
     * Set with `setNoNewPrivsBit` since the filter was made or reset; `undefined`
     * where it was not.
     */
    readonly noNewPrivs: boolean | undefined;
    /** As set with `setLogBit`. */
    readonly log: boolean;
    /** As set with `setSSB`. */
    readonly speculativeStoreBypass: boolean;
    /** As set with `setWaitKill`. */
    readonly waitKill: boolean;
    /** As set with `setOptimize`; 1 unless set. */
    readonly optimize: number;
    /** Whether a plugin has reset the filter, and with that replaced it. */
    readonly isReplaced: boolean;
  }
  /** The attributes of a filter: what holds for it as a whole. */
  class FilterAttributes {
    #private;
    constructor(defaultAction: ScmpAction);
    /** The default action. Source: `GetDefaultAction` of libseccomp-golang. */
    getDefaultAction(): ScmpAction;
    /**
     * The action for calls made on another architecture than the filter's;
     * `ActKillThread` unless set.
     */
    getBadArchAction(): ScmpAction;
    /**
     * Sets the action for calls made on another architecture than the filter's.
     *
     * @throws {ScmpError} `EINVAL` for an action that libseccomp does not take
     * here.
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_ACT_BADARCH`; `SetBadArchAction`
     * of libseccomp-golang.
     */
    setBadArchAction(action: ScmpAction): void;
    /** Whether loading sets `no_new_privs`; true unless set, as in libseccomp. */
    getNoNewPrivsBit(): boolean;
    /**
     * Sets whether loading sets `no_new_privs` (PR_SET_NO_NEW_PRIVS of prctl(2)),
     * which ends setuid programs and file capabilities for the process and all
     * that it starts.
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_NNP`; `SetNoNewPrivsBit` of
     * libseccomp-golang.
     */
    setNoNewPrivsBit(state: boolean): void;
    /** Whether the kernel logs all actions but `ActAllow`; false unless set. */
    getLogBit(): boolean;
    /**
     * Sets whether the kernel logs all actions but `ActAllow`.
     *
     * @throws {VersionError} Below API level 3 (Linux 4.14).
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_LOG`; `SetLogBit` of
     * libseccomp-golang.
     */
    setLogBit(state: boolean): void;
    /**
     * Whether loading leaves Speculative Store Bypass mitigation off; false
     * unless set.
     */
    getSSB(): boolean;
    /**
     * Sets whether loading leaves Speculative Store Bypass mitigation off.
     *
     * @throws {VersionError} Below API level 4 (Linux 4.17).
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_SSB`; `SetSSB` of
     * libseccomp-golang.
     */
    setSSB(state: boolean): void;
    /**
     * How the program is laid out: 1 by priority, 2 as a binary tree; 1 unless
     * set.
     */
    getOptimize(): number;
    /**
     * Sets how the program is laid out: 1 by priority, 2 as a binary tree of call
     * numbers, which is faster for many rules.
     *
     * @throws {ScmpError} `EOPNOTSUPP` for another level.
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_OPTIMIZE`; `SetOptimize` of
     * libseccomp-golang.
     */
    setOptimize(level: number): void;
    /**
     * Whether libseccomp reports the errno of a system call that failed as it is;
     * false unless set: then it is `ECANCELED`.
     */
    getRawRC(): boolean;
    /**
     * Sets whether libseccomp reports the errno of a system call that failed as
     * it is, in place of `ECANCELED`.
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_API_SYSRAWRC`; `SetRawRC` of
     * libseccomp-golang.
     */
    setRawRC(state: boolean): void;
    /**
     * Whether a call that waits for a supervisor's answer can be interrupted by
     * fatal signals only; false unless set.
     *
     * @throws {VersionError} With libseccomp before 2.6.0.
     */
    getWaitKill(): boolean;
    /**
     * Sets whether a call that waits for a supervisor's answer can be interrupted
     * by fatal signals only, once the supervisor has received it.
     *
     * @throws {VersionError} With libseccomp before 2.6.0, or below API level 7
     * (Linux 5.19).
     *
     * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_WAITKILL`; `SetWaitKill` of
     * libseccomp-golang.
     */
    setWaitKill(state: boolean): void;
  }
  /** The rules of a filter: what holds for single calls. */
  class FilterRules extends FilterAttributes {
    #private;
    /**
     * Adds a rule for a call, whatever its arguments.
     *
     * @param syscall The call.
     * @param action What to do; not the default action.
     * @throws {ScmpError} `EACCES` for the default action, `EEXIST` if it
     * contradicts a rule that is there already, `EINVAL` for a call that does not
     * exist, `EFAULT` for one that libseccomp has no name for, in a filter of
     * several architectures, `E2BIG` if the filter could become too large.
     *
     * Source: seccomp_rule_add(3); `AddRule` of libseccomp-golang.
     */
    addRule(syscall: ScmpSyscall, action: ScmpAction): void;
    /**
     * Adds a rule for a call as {@linkcode FilterRules.addRule} does, and fails
     * where that cannot be done exactly so.
     *
     * @throws {ScmpError} Also `EOPNOTSUPP` for a filter of several
     * architectures.
     *
     * Source: seccomp_rule_add_exact(3); `AddRuleExact` of libseccomp-golang.
     */
    addRuleExact(syscall: ScmpSyscall, action: ScmpAction): void;
    /**
     * Adds a rule for a call whose arguments meet all of the conditions.
     *
     * @param syscall The call.
     * @param action What to do; not the default action.
     * @param conditions At least one, and no two of them on the same argument.
     * @throws {ScmpError} As {@linkcode FilterRules.addRule}; also `EINVAL`
     * without conditions, or with two on one argument.
     *
     * Source: seccomp_rule_add_array(3); `AddRuleConditional` of
     * libseccomp-golang.
     */
    addRuleConditional(
      syscall: ScmpSyscall,
      action: ScmpAction,
      conditions: readonly ScmpCondition[],
    ): void;
    /**
     * Adds a conditional rule as {@linkcode FilterRules.addRuleConditional} does,
     * and fails where that cannot be done exactly so.
     *
     * Source: seccomp_rule_add_exact_array(3); `AddRuleConditionalExact` of
     * libseccomp-golang.
     */
    addRuleConditionalExact(
      syscall: ScmpSyscall,
      action: ScmpAction,
      conditions: readonly ScmpCondition[],
    ): void;
  }
  /** The descriptor on which a supervisor hears of calls, a small integer. */
  export type ScmpFd = number;
  /** What a program is written to: a `Deno.FsFile`, `Deno.stdout`, … */
  export interface SyncWriter {
    /** Writes some of the bytes and returns how many. */
    writeSync(bytes: Uint8Array): number;
  }
  /**
   * A filter of libseccomp: a default action, attributes and rules. It keeps a
   * {@linkcode Journal} of what it was told.
   *
   * Every method throws an {@linkcode ScmpError} `ESTALE` if the filter is not
   * valid any more.
   *
   * Source: `ScmpFilter` of libseccomp-golang.
   *
   * @example
   * ```ts
   * import { ActAllow, ActErrno, errno, getSyscallFromName, ScmpFilter } from "jacamar-seccomp";
   *
   * const filter = new ScmpFilter(ActAllow);
   * filter.addRule(getSyscallFromName("mkdir"), ActErrno.setReturnCode(errno.EPERM));
   * filter.release();
   * ```
   */
  export class ScmpFilter extends FilterRules {
    /**
     * Makes a filter for the native architecture. As in libseccomp-golang,
     * loading it synchronises all threads.
     *
     * @param defaultAction For the calls of which no rule matches; anything but
     * `ActNotify`.
     * @throws {ScmpError} `EINVAL` for an action that cannot be the default,
     * `ENOLIB` if libseccomp cannot be opened.
     *
     * Source: seccomp_init(3); `NewFilter` of libseccomp-golang.
     */
    constructor(defaultAction: ScmpAction);
    /**
     * Whether the filter may be used: it is neither released nor merged into
     * another, and not kept from a plugin call that is over.
     */
    isValid(): boolean;
    /**
     * Removes all rules, attributes and architectures and starts anew.
     *
     * @param defaultAction The new default action; anything but `ActNotify`.
     * @throws {ScmpError} `EINVAL` for an action that cannot be the default.
     *
     * Source: seccomp_reset(3); `Reset` of libseccomp-golang.
     */
    reset(defaultAction: ScmpAction): void;
    /**
     * Gives the filter's memory back to libseccomp. A second call does nothing.
     *
     * @throws {ScmpError} `ESTALE` if the filter was given to a plugin.
     *
     * Source: seccomp_release(3); `Release` of libseccomp-golang.
     */
    release(): void;
    /**
     * Takes over the architectures of another filter, with their rules. The other
     * one is of no more use then.
     *
     * @param source A filter with the same default action and attributes, and no
     * architecture in common with this one.
     * @throws {ScmpError} `EEXIST` if they share an architecture, `EINVAL` if
     * actions or attributes differ, `EDOM` if byte orders do, `E2BIG` if the
     * filter could become too large.
     *
     * Source: seccomp_merge(3); `Merge` of libseccomp-golang.
     */
    merge(source: ScmpFilter): void;
    /**
     * Whether the filter covers an architecture. Calls made on any other get the
     * bad-arch action.
     *
     * Source: seccomp_arch_exist(3); `IsArchPresent` of libseccomp-golang.
     */
    isArchPresent(arch: ScmpArch): boolean;
    /**
     * Has the filter cover an architecture. It begins without rules: only those
     * added from now on hold for it. One that is covered already is left as it
     * is.
     *
     * @throws {ScmpError} `EINVAL` if this libseccomp does not know the
     * architecture, `EDOM` if its byte order is another.
     *
     * Source: seccomp_arch_add(3); `AddArch` of libseccomp-golang.
     */
    addArch(arch: ScmpArch): void;
    /**
     * Has the filter no longer cover an architecture, and drops its rules. One
     * that is not covered is no error.
     *
     * Source: seccomp_arch_remove(3); `RemoveArch` of libseccomp-golang.
     */
    removeArch(arch: ScmpArch): void;
    /**
     * Loads the filter into the kernel: from here on it binds this process and
     * what it starts, for good.
     *
     * @throws {ScmpError} `ECANCELED` if the kernel refuses it, as without
     * `CAP_SYS_ADMIN` and `no_new_privs`; `ESTALE` if it was given to a plugin.
     *
     * Source: seccomp_load(3); `Load` of libseccomp-golang.
     */
    load(): void;
    /**
     * Says how important it is that a call is answered fast, for layout 1 of
     * `setOptimize`.
     *
     * @param syscall The call.
     * @param priority 0 to 255; more is faster.
     * @throws {ScmpError} `EINVAL` for another priority, or no such call.
     *
     * Source: seccomp_syscall_priority(3); `SetSyscallPriority` of
     * libseccomp-golang.
     */
    setSyscallPriority(syscall: ScmpSyscall, priority: number): void;
    /**
     * Writes the program that libseccomp generates from the filter.
     *
     * @param file To what; whole, or an error.
     *
     * Source: seccomp_export_bpf(3); `ExportBPF` of libseccomp-golang.
     */
    exportBPF(file: SyncWriter): void;
    /**
     * The program that libseccomp generates from the filter: an array of `struct
     * sock_filter`, eight bytes each, in native byte order.
     *
     * @throws {ScmpError} If libseccomp cannot generate or write it.
     *
     * Source: seccomp_export_bpf(3); `ExportBPFMem` of libseccomp-golang.
     */
    exportBPFMem(): Uint8Array<ArrayBuffer>;
    /**
     * Writes the filter as pseudo filter code, for people.
     *
     * @param file To what; whole, or an error.
     *
     * Source: seccomp_export_pfc(3); `ExportPFC` of libseccomp-golang.
     */
    exportPFC(file: SyncWriter): void;
    /** The filter as pseudo filter code, for people. */
    exportPFCMem(): string;
    /**
     * Generates the filter's program now, so that a later load or export does not
     * have to.
     *
     * @throws {VersionError} With libseccomp before 2.6.0.
     *
     * Source: seccomp_precompute(3); `Precompute` of libseccomp-golang.
     */
    precompute(): void;
    /**
     * Starts a transaction: what is changed from now on can be taken back, but
     * for attributes. Transactions can be nested.
     *
     * @throws {VersionError} With libseccomp before 2.6.0.
     *
     * Source: seccomp_transaction_start(3); `TransactionStart` of
     * libseccomp-golang.
     */
    transactionStart(): void;
    /**
     * Ends the innermost transaction, and keeps what it changed.
     *
     * @throws {ScmpError} `EINVAL` if none was started.
     * @throws {VersionError} With libseccomp before 2.6.0.
     *
     * Source: seccomp_transaction_commit(3); `TransactionCommit` of
     * libseccomp-golang.
     */
    transactionCommit(): void;
    /**
     * Ends the innermost transaction, and takes back what it changed. Without one
     * it does nothing, with any libseccomp.
     *
     * Source: seccomp_transaction_reject(3); `TransactionReject` of
     * libseccomp-golang.
     */
    transactionReject(): void;
    /**
     * The descriptor on which a supervisor hears of the calls that get
     * `ActNotify`, once the filter is loaded.
     *
     * @throws {ScmpError} If no filter with `ActNotify` was loaded.
     * @throws {VersionError} Below API level 6 (Linux 5.7).
     *
     * Source: seccomp_notify_fd(3); `GetNotifFd` of libseccomp-golang.
     */
    getNotifFd(): ScmpFd;
    /**
     * What the filter was told, as a copy. Stays readable after the filter is
     * released.
     */
    get journal(): Journal;
  }
  /** A version of libseccomp. */
  export interface LibraryVersion {
    readonly major: number;
    readonly minor: number;
    readonly micro: number;
  }
  /**
   * The version of the libseccomp that is loaded.
   *
   * @throws {ScmpError} `ENOLIB` if the library cannot be opened or is older than
   * 2.5.0.
   *
   * Source: seccomp_version(3); `GetLibraryVersion` of libseccomp-golang.
   */
  export function getLibraryVersion(): LibraryVersion;
  /**
   * The API level: what library and kernel support together, or what `setAPI` set.
   *
   * @returns 1 to 7.
   * @throws {ScmpError} `EOPNOTSUPP` if libseccomp cannot tell.
   *
   * Source: seccomp_api_get(3) lists the levels; `GetAPI` of libseccomp-golang.
   */
  export function getAPI(): number;
  /**
   * Sets the API level, for the whole process, whatever the kernel supports.
   * libseccomp discourages it.
   *
   * @param level 1 to 6, with libseccomp 2.6 to 7.
   * @throws {ScmpError} `EINVAL` for a level that the library does not have.
   *
   * Source: seccomp_api_set(3); `SetAPI` of libseccomp-golang.
   */
  export function setAPI(level: number): void;
  /**
   * Lets the call go on as if there were no notification.
   *
   * The thread can change what its pointers point to after it was looked at: this
   * is no way to let a call pass because its arguments are good (seccomp_unotify(2),
   * "SECCOMP_USER_NOTIF_FLAG_CONTINUE").
   */
  export const NotifRespFlagContinue = 1;
  /**
   * The call that a notification is about.
   *
   * Source: `struct seccomp_data` of seccomp(2); `ScmpNotifData` of
   * libseccomp-golang.
   */
  export interface ScmpNotifData {
    /** The call, by its number on `arch`: `syscall.getNameByArch(arch)`. */
    readonly syscall: ScmpSyscall;
    /**
     * The ABI that it was made by. An x32 call has `ArchX32`, as a rule for it
     * has; the kernel, and with it libseccomp-golang, says x86_64.
     */
    readonly arch: ScmpArch;
    /** The address of the instruction after the call, 0 to 2^64-1. */
    readonly instrPointer: bigint;
    /**
     * The six arguments, each 0 to 2^64-1; to 2^32-1 on `ArchX86`, where the
     * kernel shows more than the call is given.
     */
    readonly args: readonly bigint[];
  }
  /**
   * A notification: a thread has made a call and waits for the answer.
   *
   * Source: `struct seccomp_notif` of seccomp_unotify(2); `ScmpNotifReq` of
   * libseccomp-golang.
   */
  export interface ScmpNotifReq {
    /** What the answer must name, 0 to 2^64-1. */
    readonly id: bigint;
    /**
     * The thread's id in the receiver's PID namespace; 0 if it is not visible
     * there.
     */
    readonly pid: number;
    /** Unsigned 32-bit; no flags are defined yet. */
    readonly flags: number;
    readonly data: ScmpNotifData;
  }
  /**
   * The answer to a notification. What is left out is 0.
   *
   * Source: `struct seccomp_notif_resp` of seccomp_unotify(2); `ScmpNotifResp` of
   * libseccomp-golang.
   */
  export interface ScmpNotifResp {
    /** The `id` of the request. */
    readonly id: bigint;
    /** The errno that the call fails with, 1 to 4095; 0 for none. */
    readonly error?: number;
    /**
     * What the call returns if `error` is 0: 64 bits, signed or not, -2^63 to
     * 2^64-1.
     */
    readonly val?: bigint;
    /**
     * 0, or `NotifRespFlagContinue`, with which `error` and `val` must be 0.
     */
    readonly flags?: number;
  }
  /**
   * Waits for the next notification of a filter, which comes when a rule with
   * {@linkcode ActNotify} meets a call. Meanwhile the event loop goes on; the
   * thread that made the call waits until {@linkcode notifRespond} answers.
   *
   * A receive that is given up takes no notification with it. One listener is for
   * one process to receive from: where several do, one that was woken for a
   * notification which another then took is held up until the next.
   *
   * @param fd The listener. Closing it ends the wait, within a tenth of a second,
   * with `EBADF`.
   * @param options `signal` ends the wait as soon, with its reason.
   * @returns The notification.
   * @throws {ScmpError} `ENOENT` if the thread was killed or interrupted in this
   * very moment: receive again. `ESRCH` if no process has the filter any more.
   * `EBADF` or `ENOTTY` if the descriptor is closed or no listener, `EINVAL` if
   * it cannot be a descriptor. `ENOLIB` if libseccomp cannot be opened.
   * @throws {VersionError} Below API level 6 (libseccomp 2.5, Linux 5.7).
   *
   * Source: seccomp_notify_receive(3), seccomp_unotify(2); `NotifReceive` of
   * libseccomp-golang.
   *
   * @example
   * ```ts
   * import { errno, notifReceive, notifRespond, type ScmpFd } from "jacamar-seccomp";
   *
   * async function refuseAll(listener: ScmpFd) {
   *   for (;;) {
   *     const { id } = await notifReceive(listener);
   *     notifRespond(listener, { id, error: errno.EPERM });
   *   }
   * }
   * ```
   */
  export function notifReceive(fd: ScmpFd, { signal }?: {
    readonly signal?: AbortSignal;
  }): Promise<ScmpNotifReq>;
  /**
   * Answers a notification: the call fails, returns, or goes on.
   *
   * @param fd The listener that it came from.
   * @param response The answer.
   * @throws {ScmpError} `ENOENT` if no thread waits for an answer to that id any
   * more, `EINPROGRESS` if it has one already, `EINVAL` for an answer that the
   * kernel would not take; the others of {@linkcode notifReceive}.
   *
   * Source: seccomp_notify_respond(3); `NotifRespond` of libseccomp-golang.
   */
  export function notifRespond(fd: ScmpFd, response: ScmpNotifResp): void;
  /**
   * Whether a thread waits for the answer to a notification. While it does, its
   * `pid` is its own: to be asked *after* its memory was opened, and before what
   * was read there is believed.
   *
   * @param fd The listener that the notification came from.
   * @param id Its id.
   * @returns `false` where the function of libseccomp-golang returns `ENOENT`.
   * @throws {ScmpError} `EINVAL` for what cannot be an id; the others of {@linkcode
   * notifReceive}, but `ENOENT` and `ESRCH`.
   *
   * Source: seccomp_notify_id_valid(3), seccomp_unotify(2) "Caveats regarding the
   * use of /proc/tid/mem"; `NotifIDValid` of libseccomp-golang.
   */
  export function notifIDValid(fd: ScmpFd, id: bigint): boolean;
  /**
   * The errno values of Linux, which are the same on x86_64 and aarch64.
   *
   * Source: include/uapi/asm-generic/errno-base.h and errno.h; errno(3).
   *
   * @example
   * ```ts
   * import { ActErrno, errno } from "jacamar-seccomp";
   * ActErrno.setReturnCode(errno.EPERM);
   * ```
   */
  export const errno: Readonly<{
    readonly EPERM: 1;
    readonly ENOENT: 2;
    readonly ESRCH: 3;
    readonly EINTR: 4;
    readonly EIO: 5;
    readonly ENXIO: 6;
    readonly E2BIG: 7;
    readonly ENOEXEC: 8;
    readonly EBADF: 9;
    readonly ECHILD: 10;
    readonly EAGAIN: 11;
    readonly ENOMEM: 12;
    readonly EACCES: 13;
    readonly EFAULT: 14;
    readonly ENOTBLK: 15;
    readonly EBUSY: 16;
    readonly EEXIST: 17;
    readonly EXDEV: 18;
    readonly ENODEV: 19;
    readonly ENOTDIR: 20;
    readonly EISDIR: 21;
    readonly EINVAL: 22;
    readonly ENFILE: 23;
    readonly EMFILE: 24;
    readonly ENOTTY: 25;
    readonly ETXTBSY: 26;
    readonly EFBIG: 27;
    readonly ENOSPC: 28;
    readonly ESPIPE: 29;
    readonly EROFS: 30;
    readonly EMLINK: 31;
    readonly EPIPE: 32;
    readonly EDOM: 33;
    readonly ERANGE: 34;
    readonly EDEADLK: 35;
    readonly ENAMETOOLONG: 36;
    readonly ENOLCK: 37;
    readonly ENOSYS: 38;
    readonly ENOTEMPTY: 39;
    readonly ELOOP: 40;
    readonly ENOMSG: 42;
    readonly EIDRM: 43;
    readonly ECHRNG: 44;
    readonly EL2NSYNC: 45;
    readonly EL3HLT: 46;
    readonly EL3RST: 47;
    readonly ELNRNG: 48;
    readonly EUNATCH: 49;
    readonly ENOCSI: 50;
    readonly EL2HLT: 51;
    readonly EBADE: 52;
    readonly EBADR: 53;
    readonly EXFULL: 54;
    readonly ENOANO: 55;
    readonly EBADRQC: 56;
    readonly EBADSLT: 57;
    readonly EBFONT: 59;
    readonly ENOSTR: 60;
    readonly ENODATA: 61;
    readonly ETIME: 62;
    readonly ENOSR: 63;
    readonly ENONET: 64;
    readonly ENOPKG: 65;
    readonly EREMOTE: 66;
    readonly ENOLINK: 67;
    readonly EADV: 68;
    readonly ESRMNT: 69;
    readonly ECOMM: 70;
    readonly EPROTO: 71;
    readonly EMULTIHOP: 72;
    readonly EDOTDOT: 73;
    readonly EBADMSG: 74;
    readonly EOVERFLOW: 75;
    readonly ENOTUNIQ: 76;
    readonly EBADFD: 77;
    readonly EREMCHG: 78;
    readonly ELIBACC: 79;
    readonly ELIBBAD: 80;
    readonly ELIBSCN: 81;
    readonly ELIBMAX: 82;
    readonly ELIBEXEC: 83;
    readonly EILSEQ: 84;
    readonly ERESTART: 85;
    readonly ESTRPIPE: 86;
    readonly EUSERS: 87;
    readonly ENOTSOCK: 88;
    readonly EDESTADDRREQ: 89;
    readonly EMSGSIZE: 90;
    readonly EPROTOTYPE: 91;
    readonly ENOPROTOOPT: 92;
    readonly EPROTONOSUPPORT: 93;
    readonly ESOCKTNOSUPPORT: 94;
    readonly EOPNOTSUPP: 95;
    readonly EPFNOSUPPORT: 96;
    readonly EAFNOSUPPORT: 97;
    readonly EADDRINUSE: 98;
    readonly EADDRNOTAVAIL: 99;
    readonly ENETDOWN: 100;
    readonly ENETUNREACH: 101;
    readonly ENETRESET: 102;
    readonly ECONNABORTED: 103;
    readonly ECONNRESET: 104;
    readonly ENOBUFS: 105;
    readonly EISCONN: 106;
    readonly ENOTCONN: 107;
    readonly ESHUTDOWN: 108;
    readonly ETOOMANYREFS: 109;
    readonly ETIMEDOUT: 110;
    readonly ECONNREFUSED: 111;
    readonly EHOSTDOWN: 112;
    readonly EHOSTUNREACH: 113;
    readonly EALREADY: 114;
    readonly EINPROGRESS: 115;
    readonly ESTALE: 116;
    readonly EUCLEAN: 117;
    readonly ENOTNAM: 118;
    readonly ENAVAIL: 119;
    readonly EISNAM: 120;
    readonly EREMOTEIO: 121;
    readonly EDQUOT: 122;
    readonly ENOMEDIUM: 123;
    readonly EMEDIUMTYPE: 124;
    readonly ECANCELED: 125;
    readonly ENOKEY: 126;
    readonly EKEYEXPIRED: 127;
    readonly EKEYREVOKED: 128;
    readonly EKEYREJECTED: 129;
    readonly EOWNERDEAD: 130;
    readonly ENOTRECOVERABLE: 131;
    readonly ERFKILL: 132;
    readonly EHWPOISON: 133;
    readonly EWOULDBLOCK: 11;
    readonly EDEADLOCK: 35;
    readonly ENOTSUP: 95;
  }>;
  /** The name of an errno value. */
  export type ErrnoName = keyof typeof errno;
  /** What a plugin is told about the request, beside filter and stage. */
  export interface SeccompContext {
    /** The stage, as in the second argument. */
    readonly stage: string;
    /** The real user id of this process: 0 where it runs as root. */
    readonly uid: number;
    /** The real group id of this process. */
    readonly gid: number;
    /** The user that `--user` named, if it did: 0 to 2³²−2 each. */
    readonly user?: {
      readonly uid: number;
      readonly gid: number;
    } | undefined;
    /** The architecture, as libseccomp names it: `x86_64` or `aarch64`. */
    readonly architecture: string;
    /** The kernel's release, as `uname -r` prints it. */
    readonly kernel: string;
    /** The version of the libseccomp that is loaded. */
    readonly libseccomp: LibraryVersion;
    /** The absolute path of the configuration file. */
    readonly configuration: string;
  }
  /**
   * What a plugin exports under the name `seccompExpansion`: it changes the
   * filter for a stage.
   *
   * To fail the job it throws, rejects or returns an `Error`; otherwise it
   * returns nothing. It may be async.
   *
   * Source: `SeccompExpansion` of Jacamar CI's Go plugins.
   *
   * @example
   * ```ts
   * import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
   *
   * export const seccompExpansion: SeccompExpansion = (filter, stage) => {
   *   if (stage === "after_script") {
   *     filter.addRule(getSyscallFromName("mkdir"), ActErrno.setReturnCode(errno.EPERM));
   *   }
   * };
   * ```
   */
  export type SeccompExpansion = (
    filter: ScmpFilter,
    stage: string,
    context: SeccompContext,
  ) => Expanded | Promise<Expanded>;
  /** What a plugin may return: nothing, or the reason why the job must fail. */
  export type Expanded = void | undefined | null | Error;
  export type {};
}
/**
 * What a plugin's unit test imports as `jacamar-seccomp/testing`: the way of
 * `exec` up to the proof, and the answers of the filters that come out. Nothing
 * is loaded, and neither root nor a configuration file is needed.
 *
 * It needs the permission `--allow-ffi`, for libseccomp, and no other; a
 * configuration with a `profile` needs `--allow-read` for that file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
 * import { expand, simulate } from "jacamar-seccomp/testing";
 *
 * const noMkdir: SeccompExpansion = (filter) => {
 *   filter.addRule(getSyscallFromName("mkdirat"), ActErrno.setReturnCode(errno.EPERM));
 * };
 *
 * const expansion = await expand(noMkdir);
 * assert.equal(simulate(expansion, "mkdirat").errno, "EPERM");
 * assert.ok(simulate(expansion, "openat").passes);
 * assert.equal(simulate(expansion, "ioctl", 0, "TIOCSTI").errno, "EPERM");
 * ```
 *
 * @module
 */
declare module "jacamar-seccomp/testing" {
  import type {
    Journal,
    JournalRule,
    ScmpAction,
    SeccompContext,
    SeccompExpansion,
  } from "jacamar-seccomp";
  /**
   * A configuration: the keys of `[auth.seccomp]`, as TOML text or as an object,
   * or all of a `jacamar.toml`, which has a table `auth`.
   */
  type ConfigurationLike = string | Readonly<Record<string, unknown>>;
  /** How the bits of an argument are compared with a value. */
  type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
  /** What must be true of an argument. */
  interface MeantCondition {
    /** 0 to 5. */
    readonly argument: number;
    readonly comparison: Comparison;
    /** The bits that are compared; all of them for comparisons by size. */
    readonly mask: bigint;
    /** What they are compared with; bits outside the mask do not count. */
    readonly value: bigint;
  }
  /** A rule for one call of one ABI. */
  interface MeantRule {
    /** `SECCOMP_RET_*` with its data. */
    readonly action: number;
    /** All must hold; none: it matches always. Mask 0 does not occur. */
    readonly conditions: readonly MeantCondition[];
    /** Who asked for it. */
    readonly origin: string;
  }
  /** What is meant for the calls of an ABI. */
  interface AbiMeaning {
    /** libseccomp's name for it. */
    readonly name: string;
    /** `AUDIT_ARCH_*`, as the kernel reports it. */
    readonly architecture: number;
    /** The numbers that belong to it: lowest and highest of each interval. */
    readonly numbers: readonly (readonly [lowest: number, highest: number])[];
    readonly is64Bit: boolean;
    /** By number, as the kernel reports it. */
    readonly rules: ReadonlyMap<number, readonly MeantRule[]>;
  }
  /** What a filter means. */
  interface Meaning {
    readonly defaultAction: number;
    readonly badArchAction: number;
    /** The ABIs that it covers; no call belongs to two. */
    readonly abis: readonly AbiMeaning[];
  }
  /** What is to become of a call. */
  interface Answer {
    /** The actions that are right, at least one; more only by point 3. */
    readonly actions: readonly number[];
    /** The rules that decide; none where the default or bad-arch action does. */
    readonly rules: readonly MeantRule[];
    /** What decides. */
    readonly by: "rule" | "default action" | "bad-arch action";
  }
  /** Programs that are proven to do together what a filter means. */
  interface Proven {
    readonly meaning: Meaning;
    /** In the order in which they are loaded; one, unless it had to be spread. */
    readonly programs: readonly Uint8Array<ArrayBuffer>[];
  }
  /**
   * One filter of those that are loaded together, proven. It is more than one
   * program where libseccomp makes a wrong one of it, or cannot say it in one.
   */
  interface Layer extends Proven {
    /**
     * `filter`: what configuration and plugins made; `enforce_defaults`: what the
     * configuration alone made; `limit_setuid`.
     */
    readonly name: "filter" | "enforce_defaults" | "limit_setuid";
    /** What libseccomp was told; `limit_setuid` is made without it. */
    readonly journal: Journal | undefined;
    /**
     * What configuration and plugins asked for, where libseccomp was told
     * something else: under `mode = "log"`, and to let another filter be loaded.
     */
    readonly asked?: Journal;
    /** What the filter does, for people, where there is no journal. */
    readonly summary?: string;
  }
  /** What a plugin made of a configuration: the proven filters of one stage. */
  class Expansion {
    /** The stage that the plugin was told. */
    readonly stage: string;
    /** What the filter that the plugin was given was told in the end. */
    readonly journal: Journal;
    /**
     * All filters that `exec` would load, in that order: beside that one those of
     * `limit_setuid` and `enforce_defaults`, where they are configured.
     */
    readonly filters: readonly Layer[];
    /** What the configuration asked for and was skipped, one sentence each. */
    readonly notes: readonly string[];
    constructor(
      stage: string,
      filters: readonly Layer[],
      notes: readonly string[],
    );
    /**
     * The rules of the filter that the plugin was given, the configuration's
     * among them.
     *
     * @param call The name of a call, to have its rules only.
     * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name.
     *
     * @example
     * ```ts
     * import assert from "node:assert/strict";
     * import { expand } from "jacamar-seccomp/testing";
     *
     * const expansion = await expand(() => {}, { configuration: { block_calls: ["ptrace"] } });
     * const [rule] = expansion.rules("ptrace");
     * assert.equal(rule.origin, "block_calls[0]");
     * ```
     */
    rules(call?: string): readonly JournalRule[];
  }
  /** For whom and for what a plugin is called. */
  export interface ExpandOptions {
    /** The stage; `step_script` if left out. */
    readonly stage?: string;
    /**
     * The keys of `[auth.seccomp]`, as an object or as TOML text, or the text of a
     * whole `jacamar.toml`. Left out: none, so that the defaults hold, and
     * terminal injection is refused. Its `validation_plugin` is not called.
     */
    readonly configuration?: ConfigurationLike;
    /** Whom `--user` names; 0 to 2³²−2 each. */
    readonly user?: {
      readonly uid: number;
      readonly gid: number;
    };
    /**
     * What else the plugin is told, in place of what `jacamar-auth` on Linux 6.1
     * would have it told: `uid` and `gid` 0, `configuration`
     * `/etc/jacamar/jacamar.toml`. The filter is always this machine's, whatever
     * `architecture` and `libseccomp` say.
     */
    readonly context?: Partial<Omit<SeccompContext, "stage" | "user">>;
    /** What the origin of the plugin's rules is called; `plugin` if left out. */
    readonly origin?: string;
  }
  /**
   * Lets a plugin change a filter as `exec` does: from the configuration to the
   * filter, to the plugin, to the program and its proof. Nothing is loaded, and
   * from then on nothing can be in this process, as in `exec`.
   *
   * @param plugin The function that the plugin exports.
   * @param options For whom and for what it is called.
   * @throws {PluginError} If the plugin fails, with its message.
   * @throws {ConfigurationError} If the configuration cannot be used.
   * @throws {ProofError} If the filter's program is not proven.
   * @throws {StartError} If the filter refuses execve, with which no driver could
   * be started.
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { ActErrno, errno, getSyscallFromName } from "jacamar-seccomp";
   * import { expand, simulate } from "jacamar-seccomp/testing";
   *
   * const expansion = await expand((filter, stage) => {
   *   if (stage === "after_script") {
   *     filter.addRule(getSyscallFromName("ptrace"), ActErrno.setReturnCode(errno.ENOSYS));
   *   }
   * }, { stage: "after_script", configuration: { limit_setuid: true }, user: { uid: 1000, gid: 100 } });
   * assert.equal(simulate(expansion, "ptrace").errno, "ENOSYS");
   * assert.equal(simulate(expansion, "setuid", 0).errno, "EPERM");
   * ```
   */
  export function expand(
    plugin: SeccompExpansion,
    options?: ExpandOptions,
  ): Promise<Expansion>;
  /** What becomes of a call. Two of them can be compared by their properties. */
  class Verdict {
    /** What the kernel does. */
    readonly action: ScmpAction;
    /** What the call returns, by name, as `EPERM`; undefined unless it fails so. */
    readonly errno: string | undefined;
    /**
     * Whether the kernel carries the call out: `ActAllow` and `ActLog`. With
     * `ActTrace` and `ActNotify` somebody else decides.
     */
    readonly passes: boolean;
    /** Which of the filters decides: the plugin's own is `filter`. */
    readonly filter: Layer["name"];
    /** What of it decides. */
    readonly by: Answer["by"];
    /**
     * Who asked for that: `plugin`, a key as `block_calls[0]`, a default rule;
     * empty for a default action that nobody chose.
     */
    readonly origin: string;
    /** The rule that decides, if one of a filter with a journal does. */
    readonly rule: JournalRule | undefined;
    constructor(
      action: ScmpAction,
      by: Pick<Verdict, "filter" | "by" | "origin" | "rule">,
    );
    /** The action as people write it: `ActErrno(EPERM)`, `ActAllow`. */
    toString(): string;
  }
  /**
   * A call by its name or number; on another ABI than this machine's together
   * with that one's name.
   */
  export type Call = string | number | {
    readonly call: string | number;
    readonly arch: string;
  };
  /**
   * An argument: a number from −2⁶³ to 2⁶⁴−1, above 2⁵³−1 as a bigint, or as
   * people write it: `TIOCSTI`, `O_CREAT|O_WRONLY`, `0x10`.
   */
  export type Argument = number | bigint | string;
  /**
   * Asks the filters of an expansion what becomes of a call: their programs are
   * run as the kernel runs them.
   *
   * @param expansion What {@linkcode expand} returned.
   * @param call The call, and where it is made.
   * @param args Up to six arguments; what is left out is 0. They are registers of
   * 64 bits: a negative number has all of the upper half set.
   * @throws {CallError} If there is no such call there, what is given is none, or
   * an argument is none.
   * @throws {ScmpError} `EINVAL` if there is no such architecture.
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { expand, simulate } from "jacamar-seccomp/testing";
   *
   * const expansion = await expand(() => {}, { configuration: 'errno = "EACCES"' });
   * const verdict = simulate(expansion, "ioctl", 0, "TIOCSTI");
   * assert.equal(`${verdict}`, "ActErrno(EACCES)");
   * assert.equal(verdict.origin, "default: block_tty_injection");
   *
   * const elsewhere = simulate(expansion, { call: "ioctl", arch: "x86" }, 0, "TIOCSTI");
   * assert.equal(`${elsewhere}`, "ActKillProcess");
   * ```
   */
  export function simulate(
    expansion: Pick<Expansion, "filters">,
    call: Call,
    ...args: readonly Argument[]
  ): Verdict;
  export type { Expansion, Verdict };
}
