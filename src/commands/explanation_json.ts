import type { Condition } from "../bpf/condition.ts";
import type { Section } from "../bpf/explain.ts";
import type { WordSet } from "../bpf/word_set.ts";

/**
 * An explanation as it is written in JSON.
 *
 * @param sections What is explained.
 * @param action An action with its data as people write it.
 */
export function explanationToJson(
  sections: readonly Section[],
  action: (action: number) => string,
): unknown {
  return sections.map(({ of, rows }) => ({
    // An ABI by name, or nothing for every architecture that is not named.
    abis: of.map(({ name }) => name ?? null),
    rows: rows.map(({ calls, numbers, decision: { cases, otherwise } }) => ({
      calls,
      // Those of the last row are all others.
      numbers: calls.length > 0 ? numbers.flatMap(intervals) : undefined,
      cases: cases.map((each) => ({
        action: action(each.action),
        when: each.when.map((conditions) => conditions.map(conditionToJson)),
      })),
      otherwise: action(otherwise),
    })),
  }));
}

function intervals({ intervals }: WordSet): (readonly [number, number])[] {
  return intervals.flatMap((low, index) =>
    index % 2 === 0 ? [[low, intervals[index + 1]] as const] : []
  );
}

function conditionToJson(
  { subject, mask, maskName, comparison, values, names }: Condition,
): unknown {
  return {
    ...(typeof subject === "number" ? { argument: subject } : { subject }),
    mask: hex(mask),
    maskName,
    comparison,
    values: values.map(hex),
    names: names?.map((name) => name ?? null),
  };
}

/** A 64-bit value as text: a JSON number would lose bits. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
