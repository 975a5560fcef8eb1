import {
  getSyscallFromName,
  type Journal,
  type JournalRule,
} from "../libseccomp/mod.ts";
import type { Layer } from "../policy/stack.ts";

/** What a plugin made of a configuration: the proven filters of one stage. */
export class Expansion {
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
  ) {
    const changed = filters.find(({ name }) => name === "filter");
    const journal = changed?.asked ?? changed?.journal;
    if (!journal) {
      throw new RangeError("there is no filter that plugins change");
    }
    this.stage = stage;
    this.journal = journal;
    this.filters = filters;
    this.notes = notes;
    Object.freeze(this);
  }

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
  rules(call?: string): readonly JournalRule[] {
    const { rules } = this.journal;
    if (call === undefined) return rules;
    const { number } = getSyscallFromName(call);
    return rules.filter(({ syscall }) => syscall.number === number);
  }
}
