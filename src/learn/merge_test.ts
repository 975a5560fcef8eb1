import assert from "node:assert/strict";
import fc from "fast-check";
import { mergeRecords } from "./merge.ts";
import {
  type LearnedCall,
  type LearnedShape,
  type LearnRecord,
  MOST_SHAPES,
} from "./record.ts";
import { record } from "./record_arbitrary.ts";
import { formatRecord, parseRecord } from "./record_schema.ts";

/** A record of one call. */
function recordOf(call: LearnedCall): LearnRecord {
  const stages = { step_script: { runs: [], calls: [call] } };
  return { version: 1, architecture: "x86_64", stages };
}

/** openat with as many shapes, each once, from a number on. */
function openat(from: number, length: number): LearnRecord {
  const shapes = Array.from({ length }, (_, index): LearnedShape => ({
    values: [`0x${(from + index).toString(16)}`],
    count: 1,
  }));
  const executables = { "/bin/sh": length };
  const call = { name: "openat", abi: "x86_64", count: length, executables };
  return recordOf({ ...call, shapes });
}

const onlyCall = ({ stages }: LearnRecord) => stages.step_script.calls[0];

/** A record without the order of its runs. */
function withoutOrder(record: LearnRecord): unknown {
  const stages = Object.entries(record.stages).map(([name, stage]) => {
    const runs = stage.runs.map((run) => JSON.stringify(run)).sort();
    return [name, { ...stage, runs }];
  });
  return { ...record, stages };
}

/** How often each call was made at each stage. */
function counts({ stages }: LearnRecord): Map<string, number> {
  return new Map(
    Object.entries(stages).flatMap(([stage, { calls }]) =>
      calls.map(({ name, abi, count }) => [`${stage} ${abi} ${name}`, count])
    ),
  );
}

Deno.test("it does not matter which of three records are merged first", () => {
  fc.assert(fc.property(record, record, record, (one, two, three) => {
    assert.deepEqual(
      mergeRecords(mergeRecords(one, two), three),
      mergeRecords(one, mergeRecords(two, three)),
    );
  }));
});

Deno.test("the order of two records matters only to that of their runs", () => {
  fc.assert(fc.property(record, record, (one, two) => {
    assert.deepEqual(
      withoutOrder(mergeRecords(one, two)),
      withoutOrder(mergeRecords(two, one)),
    );
  }));
});

Deno.test("counts are added, and no call is lost or made up", () => {
  fc.assert(fc.property(record, record, (one, two) => {
    const sums = counts(one);
    for (const [call, count] of counts(two)) {
      sums.set(call, (sums.get(call) ?? 0) + count);
    }
    const merged = counts(mergeRecords(one, two));
    assert.deepEqual(new Map([...merged].sort()), new Map([...sums].sort()));
  }));
});

Deno.test("what was merged is a record that can be read", () => {
  fc.assert(fc.property(record, record, (one, two) => {
    const merged = mergeRecords(one, two);
    assert.deepEqual(parseRecord(formatRecord(merged), "r.json"), merged);
  }));
});

Deno.test("runs are told in the order of the records", () => {
  const run = { began: "2026-01-31T12:00:00.000Z", seconds: 1, exitCode: 0 };
  const [one, two] = ["one", "two"].map((name): LearnRecord => ({
    version: 1,
    architecture: "x86_64",
    stages: { a: { runs: [{ ...run, command: [name] }], calls: [] } },
  }));
  const { runs } = mergeRecords(two, one).stages.a;
  assert.deepEqual(runs.map(({ command }) => command), [["two"], ["one"]]);
});

Deno.test("shapes are united, and those of both are added", () => {
  const { shapes, moreShapes } = onlyCall(
    mergeRecords(openat(1, 2), openat(2, 2)),
  );
  assert.deepEqual(shapes, [
    { values: ["0x1"], count: 1 },
    { values: ["0x2"], count: 2 },
    { values: ["0x3"], count: 1 },
  ]);
  assert.equal(moreShapes, undefined);
});

Deno.test("so many shapes are kept, and that there were more is told", () => {
  const half = MOST_SHAPES / 2;
  const full = onlyCall(mergeRecords(openat(0, half), openat(half, half)));
  assert.equal(full.shapes?.length, MOST_SHAPES);
  assert.equal(full.moreShapes, undefined);
  const over = onlyCall(mergeRecords(openat(0, half), openat(half, half + 1)));
  assert.equal(over.moreShapes, true);
  assert.deepEqual(over.shapes, full.shapes, "those with the smallest values");
});

Deno.test("it does not matter which are merged first where shapes are left out", () => {
  const [one, two, three] = [[40, 200], [0, 100], [150, 250]].map(
    ([from, length]) => openat(from, length),
  );
  assert.deepEqual(
    mergeRecords(mergeRecords(one, two), three),
    mergeRecords(one, mergeRecords(two, three)),
  );
});

Deno.test("where one record knows no shapes, those of the other are not all", () => {
  const { shapes: _, ...call } = onlyCall(openat(0, 3));
  const { shapes, moreShapes } = onlyCall(
    mergeRecords(recordOf(call), openat(0, 1)),
  );
  assert.deepEqual([shapes?.length, moreShapes], [1, true]);
});

Deno.test("records of different architectures are not merged", () => {
  const one = openat(0, 1);
  assert.throws(() => mergeRecords(one, { ...one, architecture: "aarch64" }), {
    name: "RecordError",
    message: /^a record of x86_64 and one of aarch64 cannot be merged/,
  });
});
