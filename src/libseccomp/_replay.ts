import { type Attribute, Context } from "./_context.ts";
import type { ScmpAction } from "./action.ts";
import { getNativeArch, type ScmpArch } from "./arch.ts";
import type { JournalPriority, JournalRule } from "./journal.ts";

/** All that makes a filter what it is. */
export interface Content {
  readonly defaultAction: ScmpAction;
  /** What was set, as libseccomp takes it. */
  readonly attributes: ReadonlyMap<Attribute, number>;
  readonly architectures: readonly ScmpArch[];
  readonly rules: readonly JournalRule[];
  readonly priorities: readonly JournalPriority[];
}

/**
 * Makes a context with some content anew.
 *
 * libseccomp loses state: before 2.6.0 a rule that it refuses half-way may leave
 * what it should not, and in all versions the snapshot that it then goes back
 * to may be from before an architecture was added or removed. Made anew, a
 * context holds what it was told.
 *
 * @throws {ScmpError} If libseccomp does not take what it took before.
 */
export function replay(content: Content): Context {
  const { architectures } = content;
  const isShared = [...content.rules, ...content.priorities].every((entry) =>
    entry.architectures.length === architectures.length
  );
  // A rule goes to all architectures that a context has: where they differ,
  // each gets a context of its own, and these are merged.
  const groups = isShared || architectures.length === 0
    ? [architectures]
    : architectures.map((arch) => [arch]);
  const [first, ...others] = groups.map((group) => fill(content, group));
  for (const other of others) first.merge(other);
  return first;
}

function fill(
  { defaultAction, attributes, rules, priorities }: Content,
  architectures: readonly ScmpArch[],
): Context {
  const context = new Context(defaultAction);
  for (const [attribute, value] of attributes) context.set(attribute, value);
  const native = getNativeArch();
  // In their order, which is that of the program's parts.
  const isFirst = architectures[0] === native;
  if (!isFirst) context.removeArch(native);
  for (const arch of architectures.slice(isFirst ? 1 : 0)) {
    context.addArch(arch);
  }
  const isHere = (entry: { architectures: readonly ScmpArch[] }) =>
    architectures.some((arch) => entry.architectures.includes(arch));
  for (const rule of rules.filter(isHere)) context.addRule(rule);
  for (const { syscall, priority } of priorities.filter(isHere)) {
    context.setPriority(syscall, priority);
  }
  return context;
}
