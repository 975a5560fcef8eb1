/**
 * What an explanation says of one call, to hold it against what programs do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isTrue } from "../src/bpf/condition.ts";
import type { Section } from "../src/bpf/explain.ts";
import type { SeccompData } from "../src/bpf/seccomp_data.ts";

/**
 * The action that is said to be taken for a call.
 *
 * @throws {AssertionError} If not exactly one thing is said.
 */
export function said(sections: readonly Section[], call: SeccompData): number {
  const about = sections.filter(({ of }) =>
    of.some(({ architectures, numbers }) =>
      architectures.some((set) => set.has(call.architecture)) &&
      numbers.some(([low, high]) => call.number >= low && call.number <= high)
    )
  );
  assert.equal(about.length, 1, "one section is about the call");
  const [{ rows }] = about;
  // A section of several ABIs has one row, and that is about all of their calls.
  const matching = rows.length === 1
    ? rows
    : rows.filter(({ numbers }) => numbers.some((set) => set.has(call.number)));
  assert.equal(matching.length, 1, "one row is about the call");
  const [{ decision: { cases, otherwise } }] = matching;
  const holding = cases.filter(({ when }) =>
    when.some((conditions) => conditions.every((each) => isTrue(each, call)))
  );
  assert.ok(holding.length <= 1, "no two cases hold");
  return holding.at(0)?.action ?? otherwise;
}
