import { ScmpError } from "./error.ts";
import type { JournalRule } from "./journal.ts";

/**
 * `uint16_t blk_cnt` of libseccomp's `struct bpf_program` (src/gen_bpf.h):
 * before 2.6.1 a longer program overruns the memory it is written to
 * (GHSA-46fr-jh49-xvhx, GHSA-2hqh-5c36-grrm). The kernel takes 4096.
 */
const MOST_INSTRUCTIONS = 0xffff;

/**
 * What one node of libseccomp's decision tree becomes at most: load and mask,
 * both once more where the accumulator has to be loaded again, the jump, and
 * two long jumps or returns behind it.
 */
const PER_NODE = 7;
/** A rule's own: the jump to its call, long jumps, its return. */
const PER_RULE = 4;

/** A comparison of order takes two nodes for the upper half of the register. */
const NODES = {
  NotEqual: 2,
  Less: 3,
  LessOrEqual: 3,
  Equal: 2,
  GreaterEqual: 3,
  Greater: 3,
  MaskedEqual: 2,
} as const;

/**
 * How many instructions a rule can add to a filter's program at most, over all
 * its architectures. Measured on random filters (libseccomp 2.5.4 and 2.6.0),
 * programs have half of what this comes to, or less.
 */
export function largestSize(
  { conditions, architectures }: Pick<
    JournalRule,
    "conditions" | "architectures"
  >,
): number {
  const nodes = conditions.reduce(
    (sum, { op }) => sum + NODES[op.comparison],
    0,
  );
  return architectures.length * (PER_RULE + PER_NODE * nodes);
}

/**
 * Refuses what could become too large a program.
 *
 * @param size The sum of what the filter's rules can become, in instructions.
 * @throws {ScmpError} `E2BIG` if that is more than libseccomp can write.
 */
export function checkSize(size: number): void {
  if (size <= MOST_INSTRUCTIONS) return;
  throw new ScmpError(
    "E2BIG",
    `the filter could become ${size} instructions long; libseccomp corrupts memory ` +
      `beyond ${MOST_INSTRUCTIONS}, and the kernel takes no more than 4096`,
  );
}
