import { type Attribute, Context, type Rule } from "./_context.ts";
import { replay } from "./_replay.ts";
import { checkSize, Sizes } from "./_size.ts";
import { ActKillThread, type ScmpAction } from "./action.ts";
import { getNativeArch, type ScmpArch } from "./arch.ts";
import { ScmpError } from "./error.ts";
import type { Journal, JournalPriority, JournalRule } from "./journal.ts";
import { TREE } from "./layout.ts";
import { requireVersion } from "./library.ts";
import type { ScmpSyscall } from "./syscall.ts";

/**
 * Who may use a filter. `lent` is one that a plugin has in its hands: it can be
 * changed, but not loaded, released or merged away. `sealed` is one whose time
 * with the plugin is over.
 */
type Standing = "owned" | "lent" | "sealed" | "released" | "merged" | "lost";

const GONE = {
  released: "the filter is released",
  merged: "the filter was merged into another",
  sealed: "the filter was used after the plugin had returned",
  lost: "libseccomp lost the filter when it refused a rule",
} as const;

/**
 * A leaf of a tree is a row of four calls, so that with fewer calls than these a
 * tree is no shorter.
 */
const FEWEST_IN_TREE = 10;

/** Whether plugins have had the binding: what they load would bind the driver. */
let isLoadingOver = false;

/** Gives a filter back to libseccomp when nothing refers to it any more. */
const abandoned = new FinalizationRegistry<Context>((context) =>
  context.close()
);

/**
 * What is inside a filter: libseccomp's context, and beside it a record of all
 * that it was told. The record is the truth; the context can be made of it
 * anew.
 */
export class FilterBody {
  standing: Standing = "owned";
  /** Who asks for what the filter is told from now on. */
  origin = "";
  /** Who chose the default action. */
  defaultOrigin = "";
  /** What the registry knows the context by. */
  readonly #owner: WeakKey;
  #context: Context;
  #defaultAction: ScmpAction;
  #badArchAction = ActKillThread;
  #badArchOrigin = "";
  #attributes = new Map<Attribute, number>();
  #architectures: readonly ScmpArch[] = Object.freeze([getNativeArch()]);
  #rules: JournalRule[] = [];
  #priorities: JournalPriority[] = [];
  #sizes = new Sizes([]);
  #isReplaced = false;
  /** Where each open transaction goes back to, the innermost last. */
  #transactions: Snapshot[] = [];
  /** Whether libseccomp's own snapshots are not what ours are. */
  #isAstray = false;

  constructor(owner: WeakKey, defaultAction: ScmpAction) {
    this.#owner = owner;
    this.#defaultAction = defaultAction;
    this.#context = new Context(defaultAction);
    abandoned.register(owner, this.#context, owner);
    this.#synchroniseThreads();
  }

  /** Takes over what another filter's journal says. */
  adopt(journal: Journal): void {
    this.reset(journal.defaultAction);
    this.#setJournaled(journal);
    const sizes = new Sizes(journal.rules);
    checkSize(sizes.total);
    this.#architectures = journal.architectures;
    this.#rules = [...journal.rules];
    this.#priorities = [...journal.priorities];
    this.#sizes = sizes;
    this.#rebuild();
  }

  /** Tells all later loads of this process that a plugin has the binding. */
  static endLoading(): void {
    isLoadingOver = true;
  }

  /** libseccomp's context, if the filter may be used. */
  get context(): Context {
    if (this.standing === "owned" || this.standing === "lent") {
      return this.#context;
    }
    throw new ScmpError("ESTALE", GONE[this.standing]);
  }

  get defaultAction(): ScmpAction {
    void this.context;
    return this.#defaultAction;
  }

  get badArchAction(): ScmpAction {
    void this.context;
    return this.#badArchAction;
  }

  journal(): Journal {
    const flag = (attribute: Attribute) =>
      (this.#attributes.get(attribute) ?? 0) !== 0;
    return Object.freeze({
      defaultAction: this.#defaultAction,
      defaultOrigin: this.defaultOrigin,
      badArchAction: this.#badArchAction,
      badArchOrigin: this.#badArchOrigin,
      architectures: Object.freeze([...this.#architectures]),
      rules: Object.freeze([...this.#rules]),
      priorities: Object.freeze([...this.#priorities]),
      noNewPrivs: this.#attributes.has("noNewPrivs")
        ? flag("noNewPrivs")
        : undefined,
      log: flag("log"),
      speculativeStoreBypass: flag("speculativeStoreBypass"),
      waitKill: flag("waitKill"),
      optimize: this.#attributes.get("optimize"),
      isReplaced: this.#isReplaced,
    });
  }

  reset(defaultAction: ScmpAction): void {
    this.context.reset(defaultAction);
    this.#defaultAction = defaultAction;
    this.defaultOrigin = this.origin;
    this.#badArchAction = ActKillThread;
    this.#badArchOrigin = this.origin;
    this.#attributes = new Map();
    this.#architectures = Object.freeze([getNativeArch()]);
    this.#rules = [];
    this.#priorities = [];
    this.#sizes = new Sizes([]);
    this.#transactions = [];
    this.#isAstray = false;
    this.#isReplaced ||= this.standing === "lent";
    this.#synchroniseThreads();
  }

  /** Gives the context back, and says why the filter is of no more use. */
  close(standing: "released" | "sealed"): void {
    this.standing = standing;
    abandoned.unregister(this.#owner);
    this.#context.close();
  }

  refuseToPlugin(verb: string): void {
    if (this.standing !== "lent" && this.standing !== "sealed") return;
    throw new ScmpError(
      "ESTALE",
      `a plugin may not ${verb} the filter that it was given`,
    );
  }

  load(): void {
    this.refuseToPlugin("load");
    if (isLoadingOver) {
      throw new ScmpError(
        "ESTALE",
        "a plugin may not load a filter of its own",
      );
    }
    this.context.load();
  }

  set(attribute: Attribute, value: number): void {
    this.context.set(attribute, value);
    this.#attributes.set(attribute, value);
  }

  /** Has the program of many calls made as a tree, if nobody said how. */
  arrange(): void {
    const isArranged = this.#attributes.has("optimize") ||
      // Calls of a tree are ordered by number, and priorities count for nothing.
      this.#priorities.length > 0;
    if (isArranged) return;
    const calls = new Set(this.#rules.map(({ syscall }) => syscall.number));
    if (calls.size >= FEWEST_IN_TREE) this.set("optimize", TREE);
  }

  setBadArchAction(action: ScmpAction): void {
    this.set("badArch", action.toNative());
    this.#badArchAction = action;
    this.#badArchOrigin = this.origin;
  }

  addArch(arch: ScmpArch): void {
    const { context } = this;
    if (this.#architectures.includes(arch)) return;
    context.addArch(arch);
    this.#setArchitectures([...this.#architectures, arch]);
  }

  removeArch(arch: ScmpArch): void {
    void this.context;
    if (!this.#architectures.includes(arch)) return;
    const without = <Entry extends Pick<JournalRule, "architectures">>(
      entry: Entry,
    ): Entry => {
      const architectures = Object.freeze(
        entry.architectures.filter((one) => one !== arch),
      );
      return Object.freeze({ ...entry, architectures });
    };
    const isSomewhere = (
      { architectures }: Pick<JournalPriority, "architectures">,
    ) => architectures.length > 0;
    this.#rules = this.#rules.map(without).filter(isSomewhere);
    this.#priorities = this.#priorities.map(without).filter(isSomewhere);
    this.#sizes = new Sizes(this.#rules);
    this.#architectures = Object.freeze(
      this.#architectures.filter((one) => one !== arch),
    );
    // Before 2.6.0, seccomp_arch_remove after a rule has the next rule release
    // what is not there (src/db.c, db_col_transaction_commit).
    this.#rebuild();
  }

  addRule(rule: Rule): void {
    const { context } = this;
    if (this.#architectures.length === 0) {
      throw new ScmpError("EINVAL", "the filter has no architecture");
    }
    if (rule.action.equals(this.#defaultAction)) {
      throw new ScmpError(
        "EACCES",
        `could not add the rule ${rule.action} for ${rule.syscall}: ` +
          "its action is the filter's default action (EACCES)",
      );
    }
    const entry: JournalRule = Object.freeze({
      ...rule,
      architectures: this.#architectures,
      origin: this.origin,
    });
    this.#sizes.checkWith(entry);
    try {
      context.addRule(rule);
    } catch (cause) {
      this.#rebuild();
      throw cause;
    }
    this.#rules.push(entry);
    this.#sizes.add(entry);
  }

  setPriority(syscall: ScmpSyscall, priority: number): void {
    this.context.setPriority(syscall, priority);
    const architectures = this.#architectures;
    this.#priorities.push(
      Object.freeze({ syscall, priority, architectures }),
    );
  }

  merge(source: FilterBody): void {
    const { context } = this;
    if (source === this) {
      throw new ScmpError("EINVAL", "a filter cannot be merged with itself");
    }
    source.refuseToPlugin("merge away");
    const rules = [...this.#rules, ...source.#rules];
    const sizes = new Sizes(rules);
    checkSize(sizes.total);
    context.merge(source.context);
    source.standing = "merged";
    abandoned.unregister(source.#owner);
    this.#rules = rules;
    this.#priorities.push(...source.#priorities);
    this.#sizes = sizes;
    this.#setArchitectures([...this.#architectures, ...source.#architectures]);
  }

  startTransaction(): void {
    this.context.startTransaction();
    this.#transactions.push({
      architectures: this.#architectures,
      rules: [...this.#rules],
      priorities: [...this.#priorities],
    });
  }

  commitTransaction(): void {
    const { context } = this;
    requireVersion("transactionCommit", { version: [2, 6, 0] });
    if (this.#transactions.length === 0) {
      throw new ScmpError("EINVAL", "no transaction was started");
    }
    if (!this.#isAstray) context.commitTransaction();
    this.#transactions.pop();
    this.#isAstray &&= this.#transactions.length > 0;
  }

  rejectTransaction(): void {
    void this.context;
    const before = this.#transactions.pop();
    if (before === undefined) return;
    this.#architectures = before.architectures;
    this.#rules = before.rules;
    this.#priorities = before.priorities;
    this.#sizes = new Sizes(this.#rules);
    this.#rebuild();
  }

  /** Goes on with a context that holds what this filter was told. */
  #rebuild(): void {
    abandoned.unregister(this.#owner);
    this.#context.close();
    const standing = this.standing;
    this.standing = "lost";
    const context = replay({
      defaultAction: this.#defaultAction,
      attributes: this.#attributes,
      architectures: this.#architectures,
      rules: this.#rules,
      priorities: this.#priorities,
    });
    this.standing = standing;
    this.#context = context;
    abandoned.register(this.#owner, context, this.#owner);
    this.#isAstray = this.#transactions.length > 0;
  }

  #setArchitectures(architectures: readonly ScmpArch[]): void {
    this.#architectures = Object.freeze(architectures);
    this.#isAstray = this.#transactions.length > 0;
  }

  #setJournaled(journal: Journal): void {
    this.defaultOrigin = journal.defaultOrigin;
    this.setBadArchAction(journal.badArchAction);
    this.#badArchOrigin = journal.badArchOrigin;
    const flags = {
      noNewPrivs: journal.noNewPrivs,
      log: journal.log || undefined,
      speculativeStoreBypass: journal.speculativeStoreBypass || undefined,
      waitKill: journal.waitKill || undefined,
      optimize: journal.optimize,
    };
    for (const [attribute, value] of Object.entries(flags)) {
      if (value !== undefined) this.set(attribute as Attribute, Number(value));
    }
  }

  /** As `NewFilter` of libseccomp-golang: where the kernel can. */
  #synchroniseThreads(): void {
    try {
      this.set("tsync", 1);
    } catch (error) {
      if (!(error instanceof ScmpError) || error.code !== "EOPNOTSUPP") {
        throw error;
      }
    }
  }
}

/** What a transaction goes back to: not the attributes, as in libseccomp. */
interface Snapshot {
  readonly architectures: readonly ScmpArch[];
  readonly rules: JournalRule[];
  readonly priorities: JournalPriority[];
}
