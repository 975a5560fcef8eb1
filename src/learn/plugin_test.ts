import assert from "node:assert/strict";
import fc from "fast-check";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import type { SeccompExpansion } from "jacamar-seccomp";
import { knownSyscallNames } from "../policy/known_calls.ts";
import { writePlugin } from "./plugin.ts";
import { ANY_STAGE, type LearnedCall, type LearnRecord } from "./record.ts";
import { NATIVE, OTHER, record } from "./record_arbitrary.ts";
import { SHAPES } from "./shape.ts";
import { UNSEEN } from "./unseen.ts";

const unseen = new Set(UNSEEN.flatMap(({ calls }) => calls));
const MOST_SHAPES = 16;
const INJECTIONS = ["0x5412", "0x541c"];
const HIGH_BITS = 0xdead_beef_0000_0000n;

/** The function of a plugin that was written, imported from its text. */
async function load(
  { text }: { readonly text: string },
): Promise<SeccompExpansion> {
  const own = import.meta.resolve("jacamar-seccomp");
  const source = text.replace('"jacamar-seccomp"', JSON.stringify(own));
  const url = `data:application/typescript;base64,${
    new TextEncoder().encode(source).toBase64()
  }`;
  return (await import(url)).seccompExpansion;
}

function recordOf(
  stages: Readonly<Record<string, readonly LearnedCall[]>>,
): LearnRecord {
  return {
    version: 1,
    architecture: NATIVE,
    stages: Object.fromEntries(
      Object.entries(stages).map((
        [name, calls],
      ) => [name, { runs: [], calls }]),
    ),
  };
}

/** A call with some shapes, each made once. */
function made(name: string | number, ...shapes: string[][]): LearnedCall {
  const count = Math.max(1, shapes.length);
  const call = { name, abi: NATIVE, count, executables: { "/bin/sh": count } };
  if (shapes.length === 0) return call;
  return { ...call, shapes: shapes.map((values) => ({ values, count: 1 })) };
}

/** The arguments of a call that has a shape, with bits that do not matter set. */
function argumentsOf(name: string, values: readonly string[]): Argument[] {
  const args = Array<Argument>(6).fill(HIGH_BITS);
  SHAPES.get(name)?.forEach(({ index, mask }, at) => {
    args[index] = (HIGH_BITS & ~mask) | BigInt(values[at]);
  });
  return args;
}

/** Which calls with which arguments a plugin has to let pass at a stage. */
class Wanted {
  readonly calls = new Map<string | number, Set<string> | undefined>();

  constructor({ stages }: LearnRecord, stage: string) {
    const calls = [ANY_STAGE, stage].flatMap((name) =>
      stages[name]?.calls ?? []
    );
    for (const [name, same] of Map.groupBy(calls, ({ name }) => name)) {
      if (typeof name === "number" && same.every(({ abi }) => abi !== NATIVE)) {
        continue;
      }
      const shapes = new Set(
        same.flatMap(({ shapes = [] }) =>
          shapes.map(({ values }) => values.join())
        ),
      );
      const isAny = !SHAPES.has(`${name}`) || shapes.size > MOST_SHAPES ||
        same.some(({ shapes, moreShapes }) => !shapes || moreShapes);
      this.calls.set(name, isAny ? undefined : shapes);
    }
  }

  /** Whether a call with arguments of that shape is to pass. */
  passes(name: string, values: readonly string[]): boolean {
    if (unseen.has(name)) return true;
    if (name === "ioctl" && INJECTIONS.includes(values[0])) return false;
    if (!this.calls.has(name)) return false;
    return this.calls.get(name)?.has(values.join()) ?? true;
  }
}

/** Shapes that records have, and some that none has. */
function shapesToTry(record: LearnRecord, name: string): string[][] {
  const matter = SHAPES.get(name);
  if (!matter) return [[]];
  const seen = Object.values(record.stages).flatMap(({ calls }) =>
    calls.filter((call) => call.name === name)
      .flatMap(({ shapes = [] }) => shapes.map(({ values }) => [...values]))
  );
  const lowest = (mask: bigint) => `0x${(mask & -mask).toString(16)}`;
  const others = matter.map((_, changed) =>
    matter.map(({ mask }, at) => at === changed ? lowest(mask) : "0x0")
  );
  return [...seen, ...others, matter.map(() => "0x0")];
}

Deno.test("what was seen passes, in whatever bits it differs that do not matter, and nothing else does", async () => {
  await fc.assert(
    fc.asyncProperty(record, async (record) => {
      const plugin = await load(writePlugin(record));
      for (const stage of Object.keys(record.stages)) {
        const wanted = new Wanted(record, stage);
        const expansion = await expand(plugin, { stage });
        for (const name of knownSyscallNames()) {
          for (const values of shapesToTry(record, name)) {
            const args = argumentsOf(name, values);
            const verdict = simulate(expansion, name, ...args);
            const isWanted = wanted.passes(name, values);
            assert.equal(verdict.passes, isWanted, `${name} ${values}`);
            if (!isWanted && name !== "clone3") {
              assert.equal(verdict.errno, "EPERM", name);
            }
          }
        }
        for (const number of [1001, 1002, 1003]) {
          const { passes } = simulate(expansion, number);
          assert.equal(passes, wanted.calls.has(number), `${number}`);
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a stage that was not learned is refused by its name", async () => {
  const plugin = await load(
    writePlugin(recordOf({ step_script: [made("read")] })),
  );
  for (const stage of ["after_script", "constructor"]) {
    await assert.rejects(
      expand(plugin, { stage }),
      new RegExp(
        `plugin error: it was not learned what the stage ${stage} calls`,
      ),
    );
  }
});

Deno.test("what was learned of no certain stage passes at every one", async () => {
  const plugin = await load(writePlugin(recordOf({
    [ANY_STAGE]: [made("socket", ["0x1", "0x1"])],
    step_script: [made("socket", ["0x2", "0x1"])],
  })));
  const table = { step_script: [true, true], after_script: [true, false] };
  for (const [stage, wanted] of Object.entries(table)) {
    const expansion = await expand(plugin, { stage });
    const passes = ["AF_UNIX", "AF_INET"].map((family) =>
      simulate(expansion, "socket", family, "SOCK_STREAM|SOCK_CLOEXEC").passes
    );
    assert.deepEqual(passes, wanted, stage);
  }
});

const shapes = (count: number) =>
  Array.from({ length: count }, (_, index) => [`0x${index.toString(16)}`]);

Deno.test("of too many shapes none is a condition, and the line says why", async () => {
  const few = writePlugin(recordOf({ a: [made("openat", ...shapes(16))] }));
  const many = writePlugin(recordOf({ a: [made("openat", ...shapes(17))] }));
  const cut = writePlugin(
    recordOf({ a: [{ ...made("openat", ...shapes(2)), moreShapes: true }] }),
  );
  const passes = async (written: typeof few) =>
    simulate(
      await expand(await load(written), { stage: "a" }),
      "openat",
      ...[0, 0, 0x999],
    ).passes;
  assert.deepEqual(await Promise.all([few, many, cut].map(passes)), [
    false,
    true,
    true,
  ]);
  assert.match(
    many.text,
    /"openat".*moreShapes: true.*any arguments, as 17 kinds are too many$/m,
  );
  assert.match(
    cut.text,
    /"openat".*moreShapes: true.*any arguments, as not all are known$/m,
  );
});

Deno.test("terminal injection stays refused, whatever was seen of ioctl", async () => {
  for (
    const ioctl of [
      made("ioctl", ["0x5401"], ["0x5412"], ["0x541c"]),
      { ...made("ioctl", ["0x5401"]), moreShapes: true as const },
      made("ioctl", ...shapes(17), ["0x5412"]),
    ]
  ) {
    const plugin = await load(writePlugin(recordOf({ a: [ioctl] })));
    const expansion = await expand(plugin, { stage: "a" });
    for (const request of [0x5412n, 0x541cn]) {
      const verdict = simulate(expansion, "ioctl", 0, HIGH_BITS | request);
      assert.equal(verdict.errno, "EPERM");
    }
  }
});

Deno.test("where any request of ioctl passes, only terminal injection does not", async () => {
  const ioctl = { ...made("ioctl", ["0x5401"]), moreShapes: true as const };
  const plugin = await load(writePlugin(recordOf({ a: [ioctl] })));
  const expansion = await expand(plugin, { stage: "a" });
  const near = fc.tuple(
    fc.constantFrom(0x5412, 0x541c),
    fc.nat(31).map((bit) => 2 ** bit),
  ).map(([request, bit]) => (request ^ bit) >>> 0);
  fc.assert(fc.property(fc.oneof(near, fc.nat(0xffff_ffff)), (request) => {
    const isInjection = request === 0x5412 || request === 0x541c;
    const { passes } = simulate(expansion, "ioctl", 0, request);
    assert.equal(passes, !isInjection, request.toString(16));
  }));
});

Deno.test("clone3 is not there, so that clone is tried", async () => {
  for (
    const [calls, errno] of [[["clone"], "ENOSYS"], [
      ["clone3"],
      undefined,
    ]] as const
  ) {
    const record = recordOf({ a: calls.map((name) => made(name)) });
    const expansion = await expand(await load(writePlugin(record)), {
      stage: "a",
    });
    assert.equal(simulate(expansion, "clone3").errno, errno);
  }
});

Deno.test("other ABIs are covered, and a number that has no name there is left out", async () => {
  const { text, notes } = writePlugin(recordOf({
    a: [made(1001), { ...made(1002), abi: OTHER }, {
      ...made("fstat64"),
      abi: OTHER,
    }],
  }));
  assert.deepEqual(notes, [
    `a: call 1002 of ${OTHER} has no name and is left out; it was made 1 time`,
  ]);
  assert.ok(text.includes(`        // ${notes[0].replace("a: ", "")}\n`));
  const expansion = await expand(await load({ text }), { stage: "a" });
  const elsewhere = (call: string | number) => ({ call, arch: OTHER });
  assert.ok(simulate(expansion, elsewhere("fstat64")).passes);
  assert.ok(simulate(expansion, 1001).passes);
  assert.equal(simulate(expansion, elsewhere(1001)).errno, "EPERM");
  assert.equal(simulate(expansion, elsewhere(1002)).errno, "EPERM");
});

Deno.test("what is in names and arguments is no code", async () => {
  const text = "\nthrow new Error();\u2028throw 1; // */ ${a} `";
  const call = { ...made("read"), executables: { [text]: 1 } };
  const run = { began: text, seconds: 1, exitCode: 0, command: [text] };
  const stage = 'a"b';
  const record: LearnRecord = {
    ...recordOf({}),
    stages: { [stage]: { runs: [run], calls: [call] } },
  };
  const expansion = await expand(await load(writePlugin(record)), { stage });
  assert.ok(simulate(expansion, "read").passes);
});

Deno.test("values are told by their names", () => {
  const { text } = writePlugin(recordOf({
    a: [
      made("socket", ["0x1", "0x1"], ["0x2", "0x2"]),
      made("openat", ["0x80000"]),
      made("setuid", ["0x3e8"]),
    ],
  }));
  const reasons = [...text.matchAll(/^ {8}\{.*\/\/ (.*)$/gm)].map(([, why]) =>
    why
  );
  assert.deepEqual(reasons, [
    "2 times: sh; AF_UNIX SOCK_STREAM, AF_INET SOCK_DGRAM",
    "1 time: sh; O_CLOEXEC",
    "1 time: sh",
  ]);
});
