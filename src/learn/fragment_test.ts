import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { expand, simulate } from "jacamar-seccomp/testing";
import { knownSyscallNames } from "../policy/known_calls.ts";
import { writeFragment } from "./fragment.ts";
import { ANY_STAGE, type LearnedCall, type LearnRecord } from "./record.ts";
import { NATIVE, OTHER, record } from "./record_arbitrary.ts";
import { UNSEEN } from "./unseen.ts";

const unseen = new Set(UNSEEN.flatMap(({ calls }) => calls));
const nothing = () => {};

/** A call that was made so often, by make. */
function made(name: string | number, count = 1, abi = NATIVE): LearnedCall {
  return { name, abi, count, executables: { "/usr/bin/make": count } };
}

function recordOf(
  stages: Readonly<Record<string, readonly LearnedCall[]>>,
  command: readonly string[] = ["make", "all"],
): LearnRecord {
  const runs = [{
    ...{ command, began: "2026-01-31T12:00:00.000Z" },
    ...{ seconds: 1.5, exitCode: 0 },
  }];
  return {
    version: 1,
    architecture: NATIVE,
    stages: Object.fromEntries(
      Object.entries(stages).map(([name, calls]) => [name, { runs, calls }]),
    ),
  };
}

/** The line of a call in a fragment. */
function lineOf({ text }: { readonly text: string }, name: string): string {
  const line = text.split("\n").find((line) => line.includes(`"${name}"`));
  return line?.trim().replaceAll(/ +/g, " ") ?? "";
}

/** What passes of all calls of this machine. */
async function passing(
  configuration: string,
  stage: string,
): Promise<string[]> {
  const expansion = await expand(nothing, { stage, configuration });
  return knownSyscallNames().filter((name) => simulate(expansion, name).passes);
}

Deno.test("what was called passes at its stage, and nothing else does", async () => {
  await fc.assert(
    fc.asyncProperty(record, async (record) => {
      const { text } = writeFragment(record);
      for (const stage of Object.keys(record.stages)) {
        if (stage === ANY_STAGE) continue;
        const calls = [ANY_STAGE, stage].flatMap((name) =>
          record.stages[name]?.calls ?? []
        );
        const seen = new Set(calls.map(({ name }) => name));
        const wanted = knownSyscallNames().filter((name) =>
          seen.has(name) || unseen.has(name)
        );
        assert.deepEqual(await passing(text, stage), wanted);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("what was not called is refused with EPERM", async () => {
  const { text } = writeFragment(recordOf({ step_script: [made("openat")] }));
  const expansion = await expand(nothing, { configuration: text });
  assert.equal(simulate(expansion, "mkdirat").errno, "EPERM");
  assert.equal(simulate(expansion, 1001).errno, "EPERM");
});

Deno.test("at a stage that was not learned no job is started", async () => {
  const { text } = writeFragment(recordOf({ step_script: [made("openat")] }));
  await assert.rejects(
    expand(nothing, { configuration: text, stage: "after_script" }),
    /the driver could not be started: .* refuses execve and no rule allows it/,
  );
});

Deno.test("what was learned of no certain stage passes at every one", async () => {
  const { text } = writeFragment(recordOf({
    [ANY_STAGE]: [made("openat")],
    step_script: [made("openat"), made("getcwd")],
  }));
  const stages = ["step_script", "after_script"];
  const open = await Promise.all(stages.map((stage) => passing(text, stage)));
  assert.deepEqual(open.map((calls) => calls.includes("openat")), [true, true]);
  assert.deepEqual(open.map((calls) => calls.includes("getcwd")), [
    true,
    false,
  ]);
  for (const name of ["openat", "restart_syscall"]) {
    assert.equal(text.split(`"${name}"`).length, 2, `${name} is listed once`);
  }
});

Deno.test("each line has its reason, in a column of its own", () => {
  const { text } = writeFragment(recordOf({
    step_script: [
      {
        ...{ name: "openat", abi: NATIVE, count: 1234 },
        executables: {
          "/usr/lib/cc1": 1200,
          "/bin/sh": 4,
          "/usr/bin/make": 30,
        },
      },
      made("getcwd"),
    ],
  }));
  assert.match(text, /^ {2}"openat", {14}# 1,234 times: cc1, make, sh$/m);
  assert.match(text, /^ {2}"getcwd", {14}# 1 time: make$/m);
  assert.match(text, /^ {2}"restart_syscall", {5}# goes on with a wait after/m);
});

Deno.test("a group has the sum of its calls", () => {
  const sync = "fdatasync fsync msync sync sync_file_range syncfs".split(" ");
  const whole = recordOf({ a: sync.map((name) => made(name, 2)) });
  const line = lineOf(writeFragment(whole), "@sync");
  assert.equal(line, '"@sync", # 6 calls, 12 times: make');
  assert.equal(lineOf(writeFragment(whole), "fsync"), "");
  const part = recordOf({ a: sync.slice(1).map((name) => made(name, 2)) });
  assert.equal(lineOf(writeFragment(part), "@sync"), "");
  assert.equal(
    lineOf(writeFragment(part), "fsync"),
    '"fsync", # 2 times: make',
  );
});

Deno.test("the calls of one stage do not justify the group of another", () => {
  const { text } = writeFragment(
    recordOf({ a: [made("swapon")], b: [made("swapoff")] }),
  );
  assert.ok(!text.includes("@swap"));
});

Deno.test("other ABIs are covered, and a call of theirs says so", () => {
  const written = writeFragment(
    recordOf({ a: [made("openat"), made("fstat64", 1, OTHER)] }),
  );
  assert.match(
    written.text,
    new RegExp(`^architectures = \\["native", "${OTHER}"\\]$`, "m"),
  );
  const line = lineOf(written, "fstat64");
  assert.equal(line, `"fstat64", # 1 time: make, on ${OTHER}`);
  assert.equal(lineOf(written, "openat"), '"openat", # 1 time: make');
});

Deno.test("what no list can name is told", async () => {
  const { text, notes } = writeFragment(
    recordOf({ a: [made(1001, 3), made("no_such_call"), made("openat")] }),
  );
  assert.deepEqual(notes, [
    `a: call 1001 of ${NATIVE} has no name in this libseccomp and is in no list; it was made 3 times`,
    `a: no_such_call of ${NATIVE} is not known in this libseccomp and is in no list; it was made 1 time`,
  ]);
  for (const note of notes) {
    assert.ok(text.includes(`  # ${note.replace("a: ", "")}\n`), note);
  }
  assert.ok((await passing(text, "a")).includes("openat"));
});

Deno.test("terminal injection stays refused, which is told", async () => {
  const shapes = [{ values: ["0x5412"], count: 1 }];
  const { text, notes } = writeFragment(
    recordOf({ a: [{ ...made("ioctl"), shapes }] }),
  );
  const expansion = await expand(nothing, { configuration: text, stage: "a" });
  assert.equal(simulate(expansion, "ioctl", 0, "TIOCSTI").errno, "EPERM");
  assert.deepEqual(notes, [
    "a: ioctl with TIOCSTI was made, and stays refused: it types into a terminal",
  ]);
});

Deno.test("what is in names and arguments is no line of its own", () => {
  const line = '\n[auth.seccomp]\ndisabled = true #"""\u2028';
  const executables = { [`/tmp/x${line}`]: 1 };
  const record = recordOf(
    { [`a"b\\${"c"}`]: [{ ...made("openat"), executables }] },
    ["sh", "-c", line],
  );
  const { auth } = parse(writeFragment(record).text) as {
    auth: { seccomp: Record<string, unknown> };
  };
  assert.deepEqual(Object.keys(auth.seccomp), [
    "block_all",
    "allow_calls",
    "stages",
  ]);
  assert.deepEqual(Object.keys(auth.seccomp.stages as object), ['a"b\\c']);
});

Deno.test("the head tells of the jobs, and how to check the fragment", () => {
  const { text } = writeFragment(
    recordOf({ step_script: [made("openat", 2000)] }),
  );
  assert.ok(text.startsWith(`\
# Learned by jacamar-seccomp from 1 job on ${NATIVE}:
#
#   step_script: 1 call, made 2,000 times
#     2026-01-31T12:00:00.000Z, 1.5 s, exit code 0: make all
#
`));
  assert.match(
    text,
    /^# {3}jacamar-seccomp check -c jacamar\.toml --stage step_script$/m,
  );
  assert.match(text, /mode = "log"/);
});
