import type { Meaning } from "../bpf/meaning.ts";
import {
  ArchX86,
  getSyscallFromNameByArch,
  type Journal,
  type JournalRule,
} from "../libseccomp/mod.ts";
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
  const prioritized = prioritizeMultiplexed(journal);
  if (prioritized === journal) return spread(journal, meaning);
  const program = programOf(prioritized);
  return meansTheSame(meaning, [program])
    ? [program]
    : spread(prioritized, meaning);
}

/**
 * The same filter, but that on x86 the calls that are made through socketcall(2)
 * or ipc(2) come first. libseccomp loads a call's number in front of the first
 * one only, and where that is a pseudo-syscall, which it then leaves out, the
 * number is never loaded (src/gen_bpf.c, `_gen_bpf_syscalls`). Priorities have
 * no other effect than the order.
 */
function prioritizeMultiplexed(journal: Journal): Journal {
  const architectures = journal.architectures;
  if (!architectures.includes(ArchX86)) return journal;
  const calls = new Map(
    journal.rules.filter(isMultiplexed).map(({ syscall }) =>
      [syscall.number, syscall] as const
    ),
  );
  if (calls.size === 0) return journal;
  const priorities = calls.values().map((syscall) => ({
    syscall,
    priority: FIRST,
    architectures,
  }));
  return { ...journal, priorities: [...journal.priorities, ...priorities] };
}

function isMultiplexed({ syscall, architectures }: JournalRule): boolean {
  if (!architectures.includes(ArchX86)) return false;
  const { number } = getSyscallFromNameByArch(syscall.getName(), ArchX86);
  return multiplexedBy(number) !== undefined;
}
