import { checkArch } from "./_check_arch.ts";
import { checkDefault, checkSyscall } from "./_rule.ts";
import type { ScmpAction } from "./action.ts";
import type { ScmpArch } from "./arch.ts";
import { ScmpError } from "./error.ts";
import { bodyOf } from "./filter_attributes.ts";
import { FilterRules } from "./filter_rules.ts";
import type { Journal } from "./journal.ts";
import { requireVersion } from "./library.ts";
import type { ScmpSyscall } from "./syscall.ts";

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
  constructor(defaultAction: ScmpAction) {
    super(checkDefault(defaultAction));
  }

  /**
   * Whether the filter may be used: it is neither released nor merged into
   * another, and not kept from a plugin call that is over.
   */
  isValid(): boolean {
    const { standing } = bodyOf(this);
    return standing === "owned" || standing === "lent";
  }

  /**
   * Removes all rules, attributes and architectures and starts anew.
   *
   * @param defaultAction The new default action; anything but `ActNotify`.
   * @throws {ScmpError} `EINVAL` for an action that cannot be the default.
   *
   * Source: seccomp_reset(3); `Reset` of libseccomp-golang.
   */
  reset(defaultAction: ScmpAction): void {
    bodyOf(this).reset(checkDefault(defaultAction));
  }

  /**
   * Gives the filter's memory back to libseccomp. A second call does nothing.
   *
   * @throws {ScmpError} `ESTALE` if the filter was given to a plugin.
   *
   * Source: seccomp_release(3); `Release` of libseccomp-golang.
   */
  release(): void {
    const body = bodyOf(this);
    body.refuseToPlugin("release");
    if (this.isValid()) body.close("released");
  }

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
  merge(source: ScmpFilter): void {
    if (!(source instanceof ScmpFilter)) {
      throw new ScmpError("EINVAL", "only a filter can be merged");
    }
    bodyOf(this).merge(bodyOf(source));
  }

  /**
   * Whether the filter covers an architecture. Calls made on any other get the
   * bad-arch action.
   *
   * Source: seccomp_arch_exist(3); `IsArchPresent` of libseccomp-golang.
   */
  isArchPresent(arch: ScmpArch): boolean {
    return bodyOf(this).context.hasArch(checkArch(arch));
  }

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
  addArch(arch: ScmpArch): void {
    bodyOf(this).addArch(checkArch(arch));
  }

  /**
   * Has the filter no longer cover an architecture, and drops its rules. One
   * that is not covered is no error.
   *
   * Source: seccomp_arch_remove(3); `RemoveArch` of libseccomp-golang.
   */
  removeArch(arch: ScmpArch): void {
    bodyOf(this).removeArch(checkArch(arch));
  }

  /**
   * Loads the filter into the kernel: from here on it binds this process and
   * what it starts, for good.
   *
   * @throws {ScmpError} `ECANCELED` if the kernel refuses it, as without
   * `CAP_SYS_ADMIN` and `no_new_privs`; `ESTALE` if it was given to a plugin.
   *
   * Source: seccomp_load(3); `Load` of libseccomp-golang.
   */
  load(): void {
    bodyOf(this).load();
  }

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
  setSyscallPriority(syscall: ScmpSyscall, priority: number): void {
    if (!Number.isInteger(priority) || priority < 0 || priority > 255) {
      throw new ScmpError(
        "EINVAL",
        `a priority is an integer from 0 to 255, not ${priority}`,
      );
    }
    bodyOf(this).setPriority(checkSyscall(syscall), priority);
  }

  /**
   * Writes the program that libseccomp generates from the filter.
   *
   * @param file To what; whole, or an error.
   *
   * Source: seccomp_export_bpf(3); `ExportBPF` of libseccomp-golang.
   */
  exportBPF(file: SyncWriter): void {
    writeAll(file, this.exportBPFMem());
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
    return bodyOf(this).context.exportBPF();
  }

  /**
   * Writes the filter as pseudo filter code, for people.
   *
   * @param file To what; whole, or an error.
   *
   * Source: seccomp_export_pfc(3); `ExportPFC` of libseccomp-golang.
   */
  exportPFC(file: SyncWriter): void {
    writeAll(file, new TextEncoder().encode(this.exportPFCMem()));
  }

  /** The filter as pseudo filter code, for people. */
  exportPFCMem(): string {
    return bodyOf(this).context.exportPFC();
  }

  /**
   * Generates the filter's program now, so that a later load or export does not
   * have to.
   *
   * @throws {VersionError} With libseccomp before 2.6.0.
   *
   * Source: seccomp_precompute(3); `Precompute` of libseccomp-golang.
   */
  precompute(): void {
    bodyOf(this).context.precompute();
  }

  /**
   * Starts a transaction: what is changed from now on can be taken back, but
   * for attributes. Transactions can be nested.
   *
   * @throws {VersionError} With libseccomp before 2.6.0.
   *
   * Source: seccomp_transaction_start(3); `TransactionStart` of
   * libseccomp-golang.
   */
  transactionStart(): void {
    bodyOf(this).startTransaction();
  }

  /**
   * Ends the innermost transaction, and keeps what it changed.
   *
   * @throws {ScmpError} `EINVAL` if none was started.
   * @throws {VersionError} With libseccomp before 2.6.0.
   *
   * Source: seccomp_transaction_commit(3); `TransactionCommit` of
   * libseccomp-golang.
   */
  transactionCommit(): void {
    bodyOf(this).commitTransaction();
  }

  /**
   * Ends the innermost transaction, and takes back what it changed. Without one
   * it does nothing, with any libseccomp.
   *
   * Source: seccomp_transaction_reject(3); `TransactionReject` of
   * libseccomp-golang.
   */
  transactionReject(): void {
    bodyOf(this).rejectTransaction();
  }

  /**
   * The descriptor on which a supervisor hears of the calls that get
   * `ActNotify`, once the filter is loaded.
   *
   * @throws {ScmpError} If no filter with `ActNotify` was loaded.
   * @throws {VersionError} Below API level 6 (Linux 5.7).
   *
   * Source: seccomp_notify_fd(3); `GetNotifFd` of libseccomp-golang.
   */
  getNotifFd(): ScmpFd {
    const { context } = bodyOf(this);
    requireVersion("getNotifFd", { version: [2, 5, 0], api: 6 });
    return context.notifyFd();
  }

  /**
   * What the filter was told, as a copy. Stays readable after the filter is
   * released.
   */
  get journal(): Journal {
    return bodyOf(this).journal();
  }
}

function writeAll(file: SyncWriter, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(file.writeSync(rest));
  }
}
