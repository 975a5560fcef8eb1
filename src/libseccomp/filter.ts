import { exportToMemory } from "./_export.ts";
import { checkAction, checkConditions, checkDefault, encode } from "./_rule.ts";
import { pointer, type Symbols, symbols, word } from "./_symbols.ts";
import { ActKillThread, ScmpAction } from "./action.ts";
import { getNativeArch, type ScmpArch } from "./arch.ts";
import type { ScmpCondition } from "./condition.ts";
import { failure, ScmpError } from "./error.ts";
import type { Journal, JournalRule } from "./journal.ts";
import { ScmpSyscall } from "./syscall.ts";

const ARCHITECTURES: readonly ScmpArch[] = Object.freeze([getNativeArch()]);

/** `enum scmp_filter_attr` of seccomp.h. */
const ATTRIBUTE = {
  badArch: 2,
  noNewPrivs: 3,
  tsync: 4,
  log: 6,
  speculativeStoreBypass: 7,
  optimize: 8,
} as const;

type Attribute = keyof typeof ATTRIBUTE;

const RULE_REASONS = {
  EACCES: "its action is the filter's default action",
  EEXIST: "the rule is in the filter already",
  EINVAL: "the call does not exist, or a condition is invalid",
  EDOM:
    "the call cannot be filtered exactly so on one of the filter's architectures",
} as const;

/** Gives a filter back to libseccomp when nothing refers to it any more. */
const abandoned = new FinalizationRegistry<BigUint64Array<ArrayBuffer>>(
  (handle) => {
    symbols().seccomp.seccomp_release(handle);
  },
);

/**
 * Who may use a filter. `lent` is one that a plugin has in its hands: it can be
 * changed, but not loaded or released. `sealed` is one whose time with the
 * plugin is over.
 */
type Standing = "owned" | "lent" | "sealed" | "released";

/** Whether plugins have had the binding: what they load would bind the driver. */
let isLoadingOver = false;

/**
 * Names the origin of the rules that are added from now on, for the filter's
 * journal.
 *
 * Like the two functions after it, this is for the program that owns the filter
 * and no part of the module that plugins import.
 */
export let attribute: (filter: ScmpFilter, origin: string) => void;

/**
 * Puts a filter into a plugin's hands: from now on it can be changed, but
 * neither loaded nor released.
 */
export let lend: (filter: ScmpFilter) => void;

/**
 * Ends a filter's time with its plugins: returns its program and journal, gives
 * its memory back to libseccomp and seals it against any kept reference.
 */
export let conclude: (
  filter: ScmpFilter,
) => { program: Uint8Array<ArrayBuffer>; journal: Journal };

/**
 * A filter of libseccomp: a default action, attributes and rules. It keeps a
 * {@linkcode Journal} of what it was told.
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
export class ScmpFilter {
  readonly #symbols: Symbols;
  readonly #handle: BigUint64Array<ArrayBuffer>;
  #standing: Standing = "owned";
  #origin = "";
  #defaultAction: ScmpAction;
  #badArchAction = ActKillThread;
  #rules: JournalRule[] = [];
  #noNewPrivs: boolean | undefined;
  #log = false;
  #speculativeStoreBypass = false;

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
  constructor(defaultAction: ScmpAction) {
    this.#symbols = symbols();
    this.#defaultAction = checkDefault(defaultAction);
    const handle = this.#symbols.seccomp.seccomp_init(
      word(defaultAction.toNative()),
    );
    if (handle === 0n) {
      throw new ScmpError(
        "EINVAL",
        `could not make a filter with default action ${defaultAction}`,
      );
    }
    this.#handle = pointer(handle);
    abandoned.register(this, this.#handle, this);
    this.#synchroniseThreads();
  }

  /**
   * Whether the filter may be used: it is not released, and not kept from a
   * plugin call that is over.
   */
  isValid(): boolean {
    return this.#standing === "owned" || this.#standing === "lent";
  }

  /**
   * Removes all rules, attributes and architectures and starts anew.
   *
   * @param defaultAction The new default action; anything but `ActNotify`.
   * @throws {ScmpError} `EINVAL` for an action that cannot be the default,
   * `ESTALE` if the filter is not valid.
   *
   * Source: seccomp_reset(3); `Reset` of libseccomp-golang.
   */
  reset(defaultAction: ScmpAction): void {
    const handle = this.#usable();
    checkDefault(defaultAction);
    const returned = this.#symbols.seccomp.seccomp_reset(
      handle,
      defaultAction.toNative(),
    );
    if (returned < 0) {
      throw failure(returned, `reset the filter to ${defaultAction}`);
    }
    this.#defaultAction = defaultAction;
    this.#badArchAction = ActKillThread;
    this.#rules = [];
    this.#noNewPrivs = undefined;
    this.#log = false;
    this.#speculativeStoreBypass = false;
    this.#synchroniseThreads();
  }

  /**
   * Gives the filter's memory back to libseccomp. A second call does nothing.
   *
   * @throws {ScmpError} `ESTALE` if the filter was given to a plugin.
   *
   * Source: seccomp_release(3); `Release` of libseccomp-golang.
   */
  release(): void {
    if (this.#standing === "released") return;
    this.#refuseToPlugin("release");
    abandoned.unregister(this);
    this.#standing = "released";
    this.#symbols.seccomp.seccomp_release(this.#handle);
  }

  /**
   * Loads the filter into the kernel: from here on it binds this process and
   * what it starts, for good.
   *
   * @throws {ScmpError} `ECANCELED` if the kernel refuses it, as without
   * `CAP_SYS_ADMIN` and `no_new_privs`; `ESTALE` if the filter is not valid or
   * was given to a plugin.
   *
   * Source: seccomp_load(3); `Load` of libseccomp-golang.
   */
  load(): void {
    this.#refuseToPlugin("load");
    if (isLoadingOver) {
      throw new ScmpError(
        "ESTALE",
        "a plugin may not load a filter of its own",
      );
    }
    const returned = this.#symbols.seccomp.seccomp_load(this.#usable());
    if (returned < 0) throw failure(returned, "load the filter");
  }

  /** The default action. Source: `GetDefaultAction` of libseccomp-golang. */
  getDefaultAction(): ScmpAction {
    this.#usable();
    return this.#defaultAction;
  }

  /**
   * The action for calls made on another architecture than the filter's;
   * `ActKillThread` unless set.
   */
  getBadArchAction(): ScmpAction {
    this.#usable();
    return this.#badArchAction;
  }

  /**
   * Sets the action for calls made on another architecture than the filter's.
   *
   * @throws {ScmpError} `EINVAL` for an action that libseccomp does not take
   * here.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_ACT_BADARCH`; `SetBadArchAction`
   * of libseccomp-golang.
   */
  setBadArchAction(action: ScmpAction): void {
    this.#set("badArch", checkAction(action).toNative());
    this.#badArchAction = action;
  }

  /** Whether loading sets `no_new_privs`; true unless set, as in libseccomp. */
  getNoNewPrivsBit(): boolean {
    return this.#get("noNewPrivs") !== 0;
  }

  /**
   * Sets whether loading sets `no_new_privs` (PR_SET_NO_NEW_PRIVS of prctl(2)),
   * which ends setuid programs and file capabilities for the process and all
   * that it starts.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_NNP`; `SetNoNewPrivsBit` of
   * libseccomp-golang.
   */
  setNoNewPrivsBit(state: boolean): void {
    this.#set("noNewPrivs", Number(state));
    this.#noNewPrivs = state;
  }

  /** Whether the kernel logs all actions but `ActAllow`; false unless set. */
  getLogBit(): boolean {
    return this.#get("log") !== 0;
  }

  /**
   * Sets whether the kernel logs all actions but `ActAllow`. Needs Linux 4.14.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_LOG`; `SetLogBit` of
   * libseccomp-golang.
   */
  setLogBit(state: boolean): void {
    this.#set("log", Number(state));
    this.#log = state;
  }

  /**
   * Whether loading leaves Speculative Store Bypass mitigation off; false
   * unless set.
   */
  getSSB(): boolean {
    return this.#get("speculativeStoreBypass") !== 0;
  }

  /**
   * Sets whether loading leaves Speculative Store Bypass mitigation off. Needs
   * Linux 4.17.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_SSB`; `SetSSB` of
   * libseccomp-golang.
   */
  setSSB(state: boolean): void {
    this.#set("speculativeStoreBypass", Number(state));
    this.#speculativeStoreBypass = state;
  }

  /**
   * How the program is laid out: 1 by priority, 2 as a binary tree; 1 unless
   * set.
   */
  getOptimize(): number {
    return this.#get("optimize");
  }

  /**
   * Sets how the program is laid out: 1 by priority, 2 as a binary tree of call
   * numbers, which is faster for many rules.
   *
   * @throws {ScmpError} `EOPNOTSUPP` for another level.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_OPTIMIZE`; `SetOptimize` of
   * libseccomp-golang.
   */
  setOptimize(level: number): void {
    this.#set("optimize", level);
  }

  /**
   * Adds a rule for a call, whatever its arguments.
   *
   * @param syscall The call.
   * @param action What to do; not the default action.
   * @throws {ScmpError} `EACCES` for the default action, `EEXIST` if the rule
   * is there already, `EINVAL` for a call that does not exist, `ESTALE` if the
   * filter is not valid.
   *
   * Source: seccomp_rule_add(3); `AddRule` of libseccomp-golang.
   */
  addRule(syscall: ScmpSyscall, action: ScmpAction): void {
    this.#add(syscall, action, [], false);
  }

  /**
   * Adds a rule for a call as {@linkcode ScmpFilter.addRule} does, and fails
   * where that cannot be done exactly so on each of the filter's architectures.
   *
   * Source: seccomp_rule_add_exact(3); `AddRuleExact` of libseccomp-golang.
   */
  addRuleExact(syscall: ScmpSyscall, action: ScmpAction): void {
    this.#add(syscall, action, [], true);
  }

  /**
   * Adds a rule for a call whose arguments meet all of the conditions.
   *
   * @param syscall The call.
   * @param action What to do; not the default action.
   * @param conditions At least one, and no two of them on the same argument.
   * @throws {ScmpError} As {@linkcode ScmpFilter.addRule}; also `EINVAL`
   * without conditions, or with two on one argument.
   *
   * Source: seccomp_rule_add_array(3); `AddRuleConditional` of
   * libseccomp-golang.
   */
  addRuleConditional(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
  ): void {
    this.#add(syscall, action, checkConditions(conditions), false);
  }

  /**
   * Adds a conditional rule as {@linkcode ScmpFilter.addRuleConditional} does,
   * and fails where that cannot be done exactly so on each of the filter's
   * architectures.
   *
   * Source: seccomp_rule_add_exact_array(3); `AddRuleConditionalExact` of
   * libseccomp-golang.
   */
  addRuleConditionalExact(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
  ): void {
    this.#add(syscall, action, checkConditions(conditions), true);
  }

  /**
   * The program that libseccomp generates from the filter: an array of `struct
   * sock_filter`, eight bytes each, in native byte order.
   *
   * @throws {ScmpError} If libseccomp cannot generate or write it.
   *
   * Source: seccomp_export_bpf(3); `ExportBPFMem` of libseccomp-golang.
   */
  exportBPFMem(): Uint8Array<ArrayBuffer> {
    return this.#export();
  }

  /**
   * What the filter was told, as a copy. Stays readable after the filter is
   * released.
   */
  get journal(): Journal {
    return this.#journal();
  }

  #export(): Uint8Array<ArrayBuffer> {
    const handle = this.#usable();
    const { seccomp } = this.#symbols;
    return exportToMemory(
      this.#symbols,
      (fd) => seccomp.seccomp_export_bpf(handle, fd),
    );
  }

  #journal(): Journal {
    return Object.freeze({
      defaultAction: this.#defaultAction,
      badArchAction: this.#badArchAction,
      architectures: ARCHITECTURES,
      rules: Object.freeze(this.#rules.slice()),
      noNewPrivs: this.#noNewPrivs,
      log: this.#log,
      speculativeStoreBypass: this.#speculativeStoreBypass,
    });
  }

  #add(
    syscall: ScmpSyscall,
    action: ScmpAction,
    conditions: readonly ScmpCondition[],
    exact: boolean,
  ): void {
    const handle = this.#usable();
    checkAction(action);
    if (!(syscall instanceof ScmpSyscall)) {
      throw new ScmpError(
        "EINVAL",
        "the system call must come from getSyscallFromName",
      );
    }
    const { seccomp_rule_add_array, seccomp_rule_add_exact_array } =
      this.#symbols.seccomp;
    const call = exact ? seccomp_rule_add_exact_array : seccomp_rule_add_array;
    const array = conditions.length === 0 ? null : encode(conditions);
    const returned = call(
      handle,
      action.toNative(),
      syscall.number,
      conditions.length,
      array,
    );
    if (returned < 0) {
      throw failure(
        returned,
        `add the rule ${action} for ${syscall}`,
        RULE_REASONS,
      );
    }
    this.#rules.push(
      Object.freeze({
        syscall,
        action,
        conditions,
        architectures: ARCHITECTURES,
        exact,
        origin: this.#origin,
      }),
    );
  }

  /** As in libseccomp-golang, a kernel that cannot is no reason to fail. */
  #synchroniseThreads(): void {
    try {
      this.#set("tsync", 1);
    } catch (cause) {
      if (!(cause instanceof ScmpError) || cause.code !== "EOPNOTSUPP") {
        throw cause;
      }
    }
  }

  #get(attribute: Attribute): number {
    const value = word(0);
    const handle = this.#usable();
    const returned = this.#symbols.seccomp.seccomp_attr_get(
      handle,
      ATTRIBUTE[attribute],
      value,
    );
    if (returned < 0) {
      throw failure(returned, `read the filter's attribute ${attribute}`);
    }
    return value[0];
  }

  #set(attribute: Attribute, value: number): void {
    const handle = this.#usable();
    const returned = this.#symbols.seccomp.seccomp_attr_set(
      handle,
      ATTRIBUTE[attribute],
      value,
    );
    if (returned < 0) {
      throw failure(
        returned,
        `set the filter's attribute ${attribute} to ${value}`,
      );
    }
  }

  #usable(): BigUint64Array<ArrayBuffer> {
    if (this.#standing === "released") {
      throw new ScmpError("ESTALE", "the filter is released");
    }
    if (this.#standing === "sealed") {
      throw new ScmpError(
        "ESTALE",
        "the filter was used after the plugin had returned",
      );
    }
    return this.#handle;
  }

  #refuseToPlugin(verb: string): void {
    if (this.#standing === "owned" || this.#standing === "released") return;
    throw new ScmpError(
      "ESTALE",
      `a plugin may not ${verb} the filter that it was given`,
    );
  }

  static {
    attribute = (filter, origin) => {
      filter.#origin = origin;
    };
    lend = (filter) => {
      filter.#usable();
      isLoadingOver = true;
      filter.#standing = "lent";
    };
    conclude = (filter) => {
      const program = filter.#export();
      const journal = filter.#journal();
      filter.#standing = "sealed";
      abandoned.unregister(filter);
      filter.#symbols.seccomp.seccomp_release(filter.#handle);
      return { program, journal };
    };
  }
}
