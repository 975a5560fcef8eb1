import { type Answer, answer } from "../bpf/meaning.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { errnoName } from "../libc/errno.ts";
import { meaningOf } from "../libseccomp/meaning.ts";
import type { Journal, JournalRule, ScmpAction } from "../libseccomp/mod.ts";
import { describeAction, passes } from "../policy/action.ts";
import type { Layer } from "../policy/stack.ts";

/** What becomes of a call. Two of them can be compared by their properties. */
export class Verdict {
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
  ) {
    this.action = action;
    this.errno = action.kind === "Errno"
      ? errnoName(action.getReturnCode())
      : undefined;
    this.passes = passes(action);
    this.filter = by.filter;
    this.by = by.by;
    this.origin = by.origin;
    this.rule = by.rule;
    Object.freeze(this);
  }

  /** The action as people write it: `ActErrno(EPERM)`, `ActAllow`. */
  toString(): string {
    return describeAction(this.action);
  }
}

/**
 * Who is behind an answer of a filter.
 *
 * @param call The call.
 * @param answered What the filter means for it.
 * @param action What its program answers.
 * @param journal What the filter was told, if libseccomp made it.
 */
export function whoDecides(
  call: SeccompData,
  { by, rules }: Answer,
  action: ScmpAction,
  journal: Journal | undefined,
): Pick<Verdict, "by" | "origin" | "rule"> {
  switch (by) {
    case "default action":
      return { by, origin: journal?.defaultOrigin ?? "", rule: undefined };
    case "bad-arch action":
      return { by, origin: journal?.badArchOrigin ?? "", rule: undefined };
    case "rule": {
      const native = action.toNative();
      const meant = rules.find((rule) => rule.action === native) ?? rules[0];
      const rule = journal && findRule(journal, call, action, meant.origin);
      return { by, origin: meant.origin, rule };
    }
  }
}

/** The journal's rule behind one that is meant: which match is asked of each. */
function findRule(
  journal: Journal,
  call: SeccompData,
  action: ScmpAction,
  origin: string,
): JournalRule | undefined {
  const matching = journal.rules.filter((rule) =>
    rule.origin === origin && rule.action.equals(action) &&
    answer(meaningOf({ ...journal, rules: [rule] }), call).by === "rule"
  );
  return matching.find(({ conditions }) => conditions.length === 0) ??
    matching[0];
}
