import type { Meaning } from "../bpf/meaning.ts";
import { decisive } from "../libseccomp/decisive.ts";
import {
  ArchX86,
  CompareMaskedEqual,
  getSyscallFromName,
  getSyscallFromNameByArch,
  type Journal,
  type JournalRule,
  makeCondition,
} from "../libseccomp/mod.ts";
import { ROW, TREE } from "../libseccomp/layout.ts";
import { multiplexedBy } from "../libseccomp/multiplexed.ts";
import { meansTheSame, programOf, spread } from "./spread.ts";

/** The highest priority that a call can have. */
const FIRST = 255;

/**
 * Finds programs for a filter of which libseccomp makes a wrong one.
 *
 * @param journal What the filter was told.
 * @param meaning What that means; the programs are proven against it.
 * @returns The programs in the order in which they are loaded; `undefined` if
 * none were found.
 */
export function mend(
  journal: Journal,
  meaning: Meaning,
): readonly Uint8Array<ArrayBuffer>[] | undefined {
  const row = { ...journal, optimize: ROW };
  const respelt = respellMultiplexed(row);
  // Otherwise it is the very program that is wrong.
  if (journal.optimize === TREE || respelt !== row) {
    const program = programOf(respelt);
    if (meansTheSame(meaning, [program])) return [program];
  }
  return spread(respelt, meaning);
}

/**
 * The same filter, said in a way that libseccomp gets right, as to the calls that
 * are made through socketcall(2) or ipc(2) on x86.
 *
 * They come first: libseccomp loads a call's number in front of the first one
 * only, and where that is a pseudo-syscall, which it then leaves out, the number
 * is never loaded (src/gen_bpf.c, `_gen_bpf_syscalls`). Priorities have no other
 * effect than the order.
 *
 * And there are rules for ipc(2) itself, which look only at the half of its first
 * argument that the kernel looks at: with a version in the other half, libseccomp
 * does not know the call any more. On the other architectures there is no such
 * call.
 */
function respellMultiplexed(journal: Journal): Journal {
  const { architectures } = journal;
  if (!architectures.includes(ArchX86)) return journal;
  const rules = journal.rules.filter(isMultiplexed);
  if (rules.length === 0) return journal;
  const calls = new Map(
    rules.map(({ syscall }) => [syscall.number, syscall] as const),
  );
  const priorities = calls.values().map((syscall) => ({
    syscall,
    priority: FIRST,
    architectures,
  }));
  return {
    ...journal,
    rules: [...journal.rules, ...decisive(rules).flatMap(forIpc)],
    priorities: [...journal.priorities, ...priorities],
  };
}

/** A rule for ipc(2) that says the same as one for a call that it makes. */
function forIpc(rule: JournalRule): JournalRule[] {
  const by = multiplexedBy(numberOnX86(rule));
  const ipc = getSyscallFromName("ipc");
  if (by?.number !== numberOnX86({ syscall: ipc })) return [];
  const which = makeCondition(0, CompareMaskedEqual, by.mask, by.which);
  const others = rule.conditions.filter(({ argument }) => argument !== 0);
  return [{
    ...rule,
    syscall: ipc,
    conditions: [which, ...others],
    architectures: [ArchX86],
  }];
}

function isMultiplexed(rule: JournalRule): boolean {
  return rule.architectures.includes(ArchX86) &&
    multiplexedBy(numberOnX86(rule)) !== undefined;
}

function numberOnX86({ syscall }: Pick<JournalRule, "syscall">): number {
  return getSyscallFromNameByArch(syscall.getName(), ArchX86).number;
}
