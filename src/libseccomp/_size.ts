import type { ScmpCondition } from "./condition.ts";
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
/** A rule's own: the jump to its call, a share of the tree, long jumps, its return. */
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

/** What decides a rule's size. */
type Sized = Pick<JournalRule, "conditions" | "architectures">;

/** How the rules of one call compare one argument. */
interface Comparisons {
  /** With one value, which at most one way of the tree leads on from. */
  equal: number;
  /** With all others: more than one way leads on. */
  spreading: number;
}

/**
 * How many instructions the rules of one call can become at most, over all
 * their architectures.
 *
 * A tree has a rule's conditions once for each way that leads to them: a
 * comparison of an earlier argument by another rule doubles the ways, if both
 * of its outcomes can still meet this rule. With rules of several comparisons
 * of order that grows with the power of their number, in truth as well.
 */
export function largestSize(rules: readonly Sized[]): number {
  const seen: Comparisons[] = Array.from(
    { length: 6 },
    () => ({ equal: 0, spreading: 0 }),
  );
  for (const { conditions } of rules) {
    for (const condition of conditions) {
      seen[condition.argument][isEqual(condition) ? "equal" : "spreading"]++;
    }
  }
  let size = 0;
  for (const { conditions, architectures } of rules) {
    let nodes = 0;
    for (const { argument, op } of conditions) {
      let ways = 1;
      for (let earlier = 0; earlier < argument; earlier++) {
        ways *= waysPast(seen[earlier], conditions, earlier);
      }
      nodes += ways * NODES[op.comparison];
    }
    size += architectures.length * (PER_RULE + PER_NODE * nodes);
  }
  return size;
}

/** On how many ways a rule is met after what all rules compare one argument with. */
function waysPast(
  { equal, spreading }: Comparisons,
  conditions: readonly ScmpCondition[],
  argument: number,
): number {
  const own = conditions.find((condition) => condition.argument === argument);
  if (!own) return 1 + spreading + equal;
  return isEqual(own) ? 1 + spreading : spreading + equal;
}

function isEqual({ op: { comparison } }: ScmpCondition): boolean {
  return comparison === "Equal" || comparison === "MaskedEqual";
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

/** The rules of a filter by their calls, and the size that they can become. */
export class Sizes {
  readonly #byCall = new Map<number, JournalRule[]>();
  #total = 0;

  constructor(rules: readonly JournalRule[]) {
    for (const rule of rules) this.#of(rule).push(rule);
    for (const each of this.#byCall.values()) this.#total += largestSize(each);
  }

  /** The size that all rules can become, in instructions. */
  get total(): number {
    return this.#total;
  }

  /**
   * The size with one more rule.
   *
   * @throws {ScmpError} `E2BIG` if that is more than libseccomp can write.
   */
  checkWith(rule: JournalRule): void {
    checkSize(this.#with(rule));
  }

  add(rule: JournalRule): void {
    this.#total = this.#with(rule);
    this.#of(rule).push(rule);
  }

  #with(rule: JournalRule): number {
    // It has no part in what the others compare.
    if (rule.conditions.length === 0) {
      return this.#total + largestSize([rule]);
    }
    const others = this.#of(rule);
    return this.#total - largestSize(others) + largestSize([...others, rule]);
  }

  #of({ syscall: { number } }: JournalRule): JournalRule[] {
    const rules = this.#byCall.get(number);
    if (rules) return rules;
    const none: JournalRule[] = [];
    this.#byCall.set(number, none);
    return none;
  }
}
