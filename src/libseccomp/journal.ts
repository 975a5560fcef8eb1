import type { ScmpAction } from "./action.ts";
import type { ScmpArch } from "./arch.ts";
import type { ScmpCondition } from "./condition.ts";
import type { ScmpSyscall } from "./syscall.ts";

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
  /**
   * As set with `setOptimize`. Where that is not set, 2 if the program was made
   * as a tree, and otherwise `undefined`.
   */
  readonly optimize: number | undefined;
  /** Whether a plugin has reset the filter, and with that replaced it. */
  readonly isReplaced: boolean;
}
