import { FilterBody } from "./_body.ts";
import type { Attribute } from "./_context.ts";
import { checkAction } from "./_rule.ts";
import type { ScmpAction } from "./action.ts";
import { ScmpError } from "./error.ts";

/** What is inside a filter; not to be had from outside of this folder. */
export let bodyOf: (filter: FilterAttributes) => FilterBody;

/** The attributes of a filter: what holds for it as a whole. */
export class FilterAttributes {
  readonly #body: FilterBody;

  constructor(defaultAction: ScmpAction) {
    this.#body = new FilterBody(this, defaultAction);
  }

  /** The default action. Source: `GetDefaultAction` of libseccomp-golang. */
  getDefaultAction(): ScmpAction {
    return this.#body.defaultAction;
  }

  /**
   * The action for calls made on another architecture than the filter's;
   * `ActKillThread` unless set.
   */
  getBadArchAction(): ScmpAction {
    return this.#body.badArchAction;
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
    this.#body.setBadArchAction(checkAction(action));
  }

  /** Whether loading sets `no_new_privs`; true unless set, as in libseccomp. */
  getNoNewPrivsBit(): boolean {
    return this.#is("noNewPrivs");
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
    this.#set("noNewPrivs", state);
  }

  /** Whether the kernel logs all actions but `ActAllow`; false unless set. */
  getLogBit(): boolean {
    return this.#is("log");
  }

  /**
   * Sets whether the kernel logs all actions but `ActAllow`.
   *
   * @throws {VersionError} Below API level 3 (Linux 4.14).
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_LOG`; `SetLogBit` of
   * libseccomp-golang.
   */
  setLogBit(state: boolean): void {
    this.#set("log", state);
  }

  /**
   * Whether loading leaves Speculative Store Bypass mitigation off; false
   * unless set.
   */
  getSSB(): boolean {
    return this.#is("speculativeStoreBypass");
  }

  /**
   * Sets whether loading leaves Speculative Store Bypass mitigation off.
   *
   * @throws {VersionError} Below API level 4 (Linux 4.17).
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_SSB`; `SetSSB` of
   * libseccomp-golang.
   */
  setSSB(state: boolean): void {
    this.#set("speculativeStoreBypass", state);
  }

  /**
   * How the program is laid out: 1 by priority, 2 as a binary tree; 1 unless
   * set.
   */
  getOptimize(): number {
    return this.#body.context.get("optimize");
  }

  /**
   * Sets how the program is laid out: 1 by priority, 2 as a binary tree of call
   * numbers, which is faster for many calls. Where neither this nor a priority
   * is set, the program of a configuration and its plugins is a tree from ten
   * calls on.
   *
   * @throws {ScmpError} `EOPNOTSUPP` for another level.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_CTL_OPTIMIZE`; `SetOptimize` of
   * libseccomp-golang.
   */
  setOptimize(level: number): void {
    this.#body.set("optimize", uint32(level));
  }

  /**
   * Whether libseccomp reports the errno of a system call that failed as it is;
   * false unless set: then it is `ECANCELED`.
   */
  getRawRC(): boolean {
    return this.#is("rawRC");
  }

  /**
   * Sets whether libseccomp reports the errno of a system call that failed as
   * it is, in place of `ECANCELED`.
   *
   * Source: seccomp_attr_set(3) `SCMP_FLTATR_API_SYSRAWRC`; `SetRawRC` of
   * libseccomp-golang.
   */
  setRawRC(state: boolean): void {
    this.#set("rawRC", state);
  }

  /**
   * Whether a call that waits for a supervisor's answer can be interrupted by
   * fatal signals only; false unless set.
   *
   * @throws {VersionError} With libseccomp before 2.6.0.
   */
  getWaitKill(): boolean {
    return this.#is("waitKill");
  }

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
  setWaitKill(state: boolean): void {
    this.#set("waitKill", state);
  }

  #is(attribute: Attribute): boolean {
    return this.#body.context.get(attribute) !== 0;
  }

  #set(attribute: Attribute, state: boolean): void {
    if (typeof state !== "boolean") {
      throw new ScmpError("EINVAL", `${attribute} is true or false`);
    }
    this.#body.set(attribute, Number(state));
  }

  static {
    bodyOf = (filter) => filter.#body;
  }
}

/** Deno would take other numbers for what they are modulo 2³². */
function uint32(value: number): number {
  if (value >>> 0 === value) return value;
  throw new ScmpError("EINVAL", `${value} is not an unsigned 32-bit integer`);
}
