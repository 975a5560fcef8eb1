import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./learned.ts";
import record from "./learned.json" with { type: "json" };
import SOURCE from "./learned.ts?text" with { type: "text" };
import { parseRecord } from "../src/learn/record_schema.ts";
import { SHAPES } from "../src/learn/shape.ts";
import { UNSEEN } from "../src/learn/unseen.ts";

const HIGH_BITS = 0xdead_beef_0000_0000n;

/** The record's jobs ran on x86_64; some of their calls aarch64 does not have. */
const ignore = Deno.build.arch === "aarch64";

const table: [
  verdict: string,
  stage: string,
  ...call: [string, ...Argument[]],
][] = [
  ["ActAllow", "build_script", "openat", 0, 0, "O_WRONLY|O_CREAT|O_TRUNC"],
  ["ActAllow", "build_script", "openat", 0, 0, HIGH_BITS | 0o1101n],
  ["ActErrno(EPERM)", "build_script", "openat", 0, 0, "O_RDWR|O_CREAT"],
  [
    "ActErrno(EPERM)",
    "after_script",
    "openat",
    0,
    0,
    "O_WRONLY|O_CREAT|O_TRUNC",
  ],
  ["ActAllow", "build_script", "vfork"],
  ["ActErrno(EPERM)", "after_script", "vfork"],
  ["ActErrno(EPERM)", "build_script", "unlinkat"],
  ["ActAllow", "after_script", "unlinkat"],
  ["ActAllow", "after_script", "ioctl", 0, "TCGETS"],
  ["ActErrno(EPERM)", "after_script", "ioctl", 0, "TIOCSTI"],
  ["ActErrno(EPERM)", "after_script", "socket", "AF_UNIX", "SOCK_STREAM"],
  ["ActAllow", "after_script", "restart_syscall"],
  ["ActErrno(ENOSYS)", "build_script", "clone3"],
];
for (const [wanted, stage, call, ...args] of table) {
  const shown = args.map((arg) =>
    typeof arg === "bigint" ? `0x${arg.toString(16)}` : arg
  );
  Deno.test(`${call}(${shown.join(", ")}) gets ${wanted} in the ${stage}`, {
    ignore,
  }, async () => {
    const expansion = await expand(seccompExpansion, { stage });
    assert.equal(`${simulate(expansion, call, ...args)}`, wanted);
  });
}

Deno.test("a stage that is not in the record starts no job", async () => {
  await assert.rejects(
    expand(seccompExpansion, { stage: "get_sources" }),
    /it was not learned what the stage get_sources calls/,
  );
});

Deno.test("the record is one as learn keeps it", () => {
  parseRecord(JSON.stringify(record), "learned.json");
});

Deno.test("the plugin knows the arguments that learn looks at", async () => {
  const { ARGUMENTS } = await internals();
  const wanted = [...SHAPES].map(([name, matter]) => [
    name,
    matter.map(({ index, mask }) => [index, Number(mask)]),
  ]);
  assert.deepEqual(ARGUMENTS, Object.fromEntries(wanted));
});

Deno.test("the plugin knows the calls that a fragment lists though they were not seen", async () => {
  const { UNSEEN: calls } = await internals();
  assert.deepEqual(calls, UNSEEN.flatMap(({ calls }) => calls).sort());
});

/** What the plugin does not export. */
async function internals(): Promise<{ ARGUMENTS: unknown; UNSEEN: unknown }> {
  const own = import.meta.resolve("jacamar-seccomp");
  const source = SOURCE.replace('"jacamar-seccomp"', JSON.stringify(own))
    .replace(/^import record from .*;$/m, "const record = { stages: {} };");
  const code = `${source}\nexport { ARGUMENTS, UNSEEN };`;
  const bytes = new TextEncoder().encode(code);
  return await import(`data:application/typescript;base64,${bytes.toBase64()}`);
}
