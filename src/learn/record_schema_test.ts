import assert from "node:assert/strict";
import fc from "fast-check";
import { ANY_STAGE, type LearnRecord } from "./record.ts";
import { record } from "./record_arbitrary.ts";
import { isStageName } from "./document.ts";
import { formatRecord, parseRecord } from "./record_schema.ts";

Deno.test("what is written is read again", () => {
  fc.assert(fc.property(record, (record) => {
    assert.deepEqual(parseRecord(formatRecord(record), "r.json"), record);
  }));
});

Deno.test("the same is written in the same way, whatever its order", () => {
  const shuffled = record.chain((record) =>
    fc.tuple(fc.constant(record), shuffle(record))
  );
  fc.assert(fc.property(shuffled, ([record, shuffled]) => {
    assert.equal(formatRecord(shuffled), formatRecord(record));
    const text = JSON.stringify(shuffled);
    assert.deepEqual(parseRecord(text, "r.json"), record);
  }));
});

/** The same record with its stages, calls and shapes in another order. */
function shuffle({ stages, ...rest }: LearnRecord): fc.Arbitrary<LearnRecord> {
  const random = <Element>(list: readonly Element[]) =>
    fc.shuffledSubarray([...list], { minLength: list.length });
  return random(Object.entries(stages)).chain((entries) =>
    fc.tuple(
      ...entries.map(([name, stage]) =>
        random(stage.calls).chain((calls) =>
          fc.tuple(...calls.map(({ shapes, ...call }) =>
            random(shapes ?? []).map((shuffled) =>
              shapes ? { shapes: shuffled, ...call } : call
            )
          ))
        ).map((calls) =>
          [name, { calls, runs: stage.runs }] as const
        )
      ),
    )
  ).map((entries) => ({ stages: Object.fromEntries(entries), ...rest }));
}

const openat = {
  name: "openat",
  abi: "x86_64",
  count: 3,
  executables: { "/bin/sh": 3 },
  shapes: [{ values: ["0x0"], count: 2 }, { values: ["0x80000"], count: 1 }],
};
const run = {
  command: ["sh"],
  began: "2026-01-31T12:00:00.000Z",
  seconds: 0.5,
  exitCode: 0,
};

/** A record of one stage with one call, some of whose keys are others. */
function text(call: unknown, stage = "step_script"): string {
  const calls = [{ ...openat, ...call as object }];
  const stages = { [stage]: { runs: [run], calls } };
  return JSON.stringify({ version: 1, architecture: "x86_64", stages });
}

Deno.test("a record's text ends in a newline and has two spaces a level", () => {
  const written = formatRecord(parseRecord(text({}), "r.json"));
  assert.match(written, /^\{\n {2}"version": 1,\n {2}"architecture"/);
  assert.match(written, /\n {6}"calls": \[\n {8}\{\n {10}"name": "openat",\n/);
  assert.ok(written.endsWith("}\n"));
});

const CALL = "r.json: stages.step_script.calls[0]";
const REFUSED: [what: string, text: string, message: string][] = [
  ["no JSON", "{", "r.json: not valid JSON: "],
  ["no object", "7", "r.json: the record must be an object"],
  [
    "another version",
    '{ "version": 2, "architecture": "x86_64", "stages": {} }',
    "r.json: version: must be 1: other versions are not known",
  ],
  [
    "another architecture",
    '{ "version": 1, "architecture": "riscv64", "stages": {} }',
    'r.json: architecture: must be "x86_64" or "aarch64"',
  ],
  [
    "no stages",
    '{ "version": 1, "architecture": "x86_64" }',
    "r.json: stages: is missing",
  ],
  [
    "a count of 0",
    text({ count: 0 }),
    `${CALL}.count: must be an integer from 1 to 2^53-1`,
  ],
  [
    "an executable's count that is a text",
    text({ executables: { "/bin/sh": "3" } }),
    `${CALL}.executables["/bin/sh"]: must be an integer from 1 to 2^53-1`,
  ],
  [
    "a name with a quote",
    text({ name: 'a"' }),
    `${CALL}.name: must be the name of a system call, or its number`,
  ],
  [
    "a name with a line end",
    text({ name: "a\n" }),
    `${CALL}.name: must be the name of a system call, or its number`,
  ],
  [
    "an unknown ABI",
    text({ abi: "native" }),
    `${CALL}.abi: must be the name of an ABI, as "x86_64"`,
  ],
  [
    "a misspelt key",
    text({ moreShape: true }),
    `${CALL}.moreShape: unknown key; the known ones are name, abi, count, executables, shapes, moreShapes`,
  ],
  [
    "a value that is no hexadecimal",
    text({ shapes: [{ values: ["1"], count: 3 }] }),
    `${CALL}.shapes[0].values[0]: must be a value in hexadecimal, as "0x1f", without zeros before`,
  ],
  [
    "a value that the kernel never looks at",
    text({ shapes: [{ values: ["0x100000000"], count: 3 }] }),
    `${CALL}.shapes[0].values[0]: has bits outside of 0xffffffff`,
  ],
  [
    "a shape with too many values",
    text({ shapes: [{ values: ["0x0", "0x0"], count: 3 }] }),
    `${CALL}.shapes[0].values: must be 1 in number`,
  ],
  [
    "the same shape twice",
    text({
      shapes: [{ values: ["0x0"], count: 2 }, { values: ["0x0"], count: 1 }],
    }),
    `${CALL}.shapes[1]: is there already, as shapes[0]`,
  ],
  [
    "shapes that are not all, and do not say so",
    text({ count: 4 }),
    `${CALL}.shapes: must be exactly 4 times together, not 3`,
  ],
  [
    "shapes of a call without such arguments",
    text({ name: "read" }),
    `${CALL}.shapes: no argument of read matters`,
  ],
  [
    "a stage with a line end in its name",
    text({}, "step\n[auth]"),
    'r.json: stages["step\\n[auth]"]: must be the name of a stage, without control characters',
  ],
  [
    "a stage that no object can have",
    '{ "version": 1, "architecture": "x86_64", "stages": { "__proto__": { "runs": [], "calls": [] } } }',
    "r.json: stages: nothing in it can be called __proto__, prototype, constructor",
  ],
  [
    "a call twice",
    `{ "version": 1, "architecture": "x86_64", "stages": { "a": { "runs": [], "calls": [${
      JSON.stringify(openat)
    }, ${JSON.stringify(openat)}] } } }`,
    "r.json: stages.a.calls[1]: openat of x86_64 is there already, as calls[0]",
  ],
];
for (const [what, text, message] of REFUSED) {
  Deno.test(`a record with ${what} is refused with its place`, () => {
    assert.throws(() => parseRecord(text, "r.json"), (error: Error) => {
      assert.equal(error.name, "RecordError");
      assert.equal(error.message.slice(0, message.length), message);
      return true;
    });
  });
}

Deno.test("every problem is told", () => {
  assert.throws(() => parseRecord(text({ count: 0, abi: "" }), "r.json"), {
    message: /calls\[0\]\.abi: .*; r\.json: .*calls\[0\]\.count: /,
  });
});

Deno.test("shapes that are not all may be fewer than the call", () => {
  const { stages } = parseRecord(
    text({ count: 9, moreShapes: true }),
    "r.json",
  );
  assert.equal(stages.step_script.calls[0].moreShapes, true);
});

Deno.test("what no record can hold is no stage's name", () => {
  for (const name of ["step_script", ANY_STAGE, "a b", "ä"]) {
    assert.ok(isStageName(name), name);
  }
  for (const name of ["", "a\nb", "\x7f", "\ud800", "__proto__"]) {
    assert.ok(!isStageName(name), name);
  }
});
