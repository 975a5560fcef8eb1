import { exportToMemory } from "./_export.ts";
import { encode } from "./_rule.ts";
import { pointer, type Symbols, symbols, word } from "./_symbols.ts";
import type { ScmpAction } from "./action.ts";
import type { ScmpArch } from "./arch.ts";
import { failure, ScmpError } from "./error.ts";
import type { JournalRule } from "./journal.ts";
import { type Requirement, requireVersion } from "./library.ts";
import type { ScmpSyscall } from "./syscall.ts";

/** `enum scmp_filter_attr` of seccomp.h, and what an attribute needs. */
const ATTRIBUTES = {
  badArch: { id: 2, needs: { version: [2, 5, 0] } },
  noNewPrivs: { id: 3, needs: { version: [2, 5, 0] } },
  tsync: { id: 4, needs: { version: [2, 5, 0], api: 2 } },
  log: { id: 6, needs: { version: [2, 5, 0], api: 3 } },
  speculativeStoreBypass: { id: 7, needs: { version: [2, 5, 0], api: 4 } },
  optimize: { id: 8, needs: { version: [2, 5, 0] } },
  rawRC: { id: 9, needs: { version: [2, 5, 0] } },
  waitKill: { id: 10, needs: { version: [2, 6, 0], api: 7 } },
} as const satisfies Readonly<
  Record<string, { readonly id: number; readonly needs: Requirement }>
>;

/** The name of an attribute of a filter. */
export type Attribute = keyof typeof ATTRIBUTES;

const RULE_REASONS = {
  EACCES: "its action is the filter's default action",
  EEXIST: "it contradicts a rule that the filter has already",
  EFAULT:
    "libseccomp finds the call on the filter's other architectures by its name, and does not know it",
  EINVAL: "the call does not exist, or a condition is invalid",
  EDOM:
    "the call cannot be filtered exactly so on one of the filter's architectures",
  EOPNOTSUPP:
    "an exact rule needs a filter with one architecture, and an action that the kernel has",
} as const;

const MERGE_REASONS = {
  EEXIST: "the filters share an architecture",
  EINVAL: "the filters differ in default action or attributes",
  EDOM: "the filters differ in byte order",
} as const;

const EXPORT_REASONS = { EINVAL: "it has no architecture" } as const;

/** What a rule is made of. */
export type Rule = Pick<
  JournalRule,
  "syscall" | "action" | "conditions" | "exact"
>;

/**
 * A `scmp_filter_ctx` of libseccomp, with its functions as methods and its
 * return values as errors. It knows whether it is closed and nothing else:
 * who calls it sees to it that it is not used afterwards.
 */
export class Context {
  readonly #symbols: Symbols;
  readonly #handle: BigUint64Array<ArrayBuffer>;
  #isOpen = true;

  /** @throws {ScmpError} `EINVAL` if libseccomp does not take the action. */
  constructor(defaultAction: ScmpAction) {
    this.#symbols = symbols();
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
  }

  /** Gives the memory back; a second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#symbols.seccomp.seccomp_release(this.#handle);
  }

  reset(defaultAction: ScmpAction): void {
    const { seccomp_reset } = this.#symbols.seccomp;
    const returned = seccomp_reset(this.#handle, defaultAction.toNative());
    check(returned, `reset the filter to ${defaultAction}`);
  }

  get(attribute: Attribute): number {
    const { id, needs } = ATTRIBUTES[attribute];
    const value = new Uint32Array(1);
    const bytes = new Uint8Array(value.buffer);
    const { seccomp_attr_get } = this.#symbols.seccomp;
    const returned = seccomp_attr_get(this.#handle, id, bytes);
    if (returned < 0) requireVersion(`the attribute ${attribute}`, needs);
    check(returned, `read the filter's attribute ${attribute}`);
    return value[0];
  }

  set(attribute: Attribute, value: number): void {
    const { id, needs } = ATTRIBUTES[attribute];
    const { seccomp_attr_set } = this.#symbols.seccomp;
    const returned = seccomp_attr_set(this.#handle, id, value);
    if (returned < 0) requireVersion(`the attribute ${attribute}`, needs);
    check(returned, `set the filter's attribute ${attribute} to ${value}`);
  }

  hasArch({ token }: ScmpArch): boolean {
    const { seccomp_arch_exist } = this.#symbols.seccomp;
    return seccomp_arch_exist(this.#handle, token) === 0;
  }

  addArch(arch: ScmpArch): void {
    const { seccomp_arch_add } = this.#symbols.seccomp;
    const returned = seccomp_arch_add(this.#handle, arch.token);
    check(returned, `add the architecture ${arch}`, {
      EINVAL: "this libseccomp does not know it",
      EDOM: "its byte order is not the one of the filter's other architectures",
    });
  }

  removeArch(arch: ScmpArch): void {
    const { seccomp_arch_remove } = this.#symbols.seccomp;
    const returned = seccomp_arch_remove(this.#handle, arch.token);
    check(returned, `remove the architecture ${arch}`);
  }

  addRule({ syscall, action, conditions, exact }: Rule): void {
    const { seccomp_rule_add_array, seccomp_rule_add_exact_array } =
      this.#symbols.seccomp;
    const add = exact ? seccomp_rule_add_exact_array : seccomp_rule_add_array;
    const returned = add(
      this.#handle,
      action.toNative(),
      syscall.number,
      conditions.length,
      conditions.length === 0 ? null : encode(conditions),
    );
    // To find the call's name takes longer than to add the rule.
    if (returned >= 0) return;
    const what = `add the rule ${action} for ${syscall}`;
    throw failure(returned, what, RULE_REASONS);
  }

  setPriority(syscall: ScmpSyscall, priority: number): void {
    const { seccomp_syscall_priority } = this.#symbols.seccomp;
    const returned = seccomp_syscall_priority(
      this.#handle,
      syscall.number,
      priority,
    );
    check(returned, `set the priority of ${syscall}`);
  }

  /** Takes over what another context holds, which is closed by that. */
  merge(source: Context): void {
    const { seccomp_merge } = this.#symbols.seccomp;
    const returned = seccomp_merge(this.#handle, source.#handle[0]);
    check(returned, "merge the filters", MERGE_REASONS);
    source.#isOpen = false;
  }

  load(): void {
    const { seccomp_load } = this.#symbols.seccomp;
    check(seccomp_load(this.#handle), "load the filter");
  }

  exportBPF(): Uint8Array<ArrayBuffer> {
    const { seccomp_export_bpf, seccomp_export_bpf_mem } =
      this.#symbols.seccomp;
    const write = (returned: number) =>
      check(returned, "export the filter", EXPORT_REASONS);
    if (!seccomp_export_bpf_mem) {
      return exportToMemory(
        this.#symbols,
        (fd) => write(seccomp_export_bpf(this.#handle, fd)),
      );
    }
    const size = new BigUint64Array(1);
    const sizeBytes = new Uint8Array(size.buffer);
    write(seccomp_export_bpf_mem(this.#handle, null, sizeBytes));
    const program = new Uint8Array(Number(size[0]));
    write(seccomp_export_bpf_mem(this.#handle, program, sizeBytes));
    return program;
  }

  exportPFC(): string {
    const { seccomp_export_pfc } = this.#symbols.seccomp;
    const bytes = exportToMemory(
      this.#symbols,
      (fd) =>
        check(
          seccomp_export_pfc(this.#handle, fd),
          "export the filter",
          EXPORT_REASONS,
        ),
    );
    return new TextDecoder().decode(bytes);
  }

  /** @throws {VersionError} With libseccomp before 2.6.0. */
  precompute(): void {
    const { seccomp_precompute } = this.#symbols.seccomp;
    const precompute = newer(seccomp_precompute, "precompute");
    check(precompute(this.#handle), "generate the filter's program");
  }

  /** @throws {VersionError} With libseccomp before 2.6.0. */
  startTransaction(): void {
    const { seccomp_transaction_start } = this.#symbols.seccomp;
    const start = newer(seccomp_transaction_start, "transactionStart");
    check(start(this.#handle), "start a transaction");
  }

  /** @throws {VersionError} With libseccomp before 2.6.0. */
  commitTransaction(): void {
    const { seccomp_transaction_commit } = this.#symbols.seccomp;
    const commit = newer(seccomp_transaction_commit, "transactionCommit");
    check(commit(this.#handle), "commit the transaction");
  }

  notifyFd(): number {
    const fd = this.#symbols.seccomp.seccomp_notify_fd(this.#handle);
    check(fd, "get the notification descriptor", {
      EINVAL: "no filter with ActNotify is loaded",
      EFAULT: "no filter with ActNotify is loaded",
    });
    return fd;
  }
}

/** A function that older libraries lack. */
function newer<Call>(call: Call | null, what: string): Call {
  if (call === null) requireVersion(what, { version: [2, 6, 0] });
  return call as Call;
}

function check(
  returned: number,
  what: string,
  reasons?: Readonly<Record<string, string>>,
): void {
  if (returned < 0) throw failure(returned, what, reasons);
}
