/**
 * That what scripts/bench measures is what it says. No time is looked at.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  callTable,
  instructionTable,
  measureCalls,
} from "../scripts/bench_calls.ts";
import { draw, type Picture } from "../scripts/bench_chart.ts";
import {
  CHECKED,
  listed,
  makers,
  mostListed,
  PASSING,
  REFUSED,
} from "../scripts/bench_filters.ts";
import { launchOnce } from "../scripts/bench_launch.ts";
import { loopProgram } from "../scripts/bench_loop.ts";
import { measureStays, stayTable } from "../scripts/bench_memory.ts";
import { sift } from "../scripts/bench_starts.ts";
import { table } from "../scripts/bench_table.ts";
import { ALLOW } from "../src/bpf/action.ts";
import { decode } from "../src/bpf/program.ts";
import { run } from "../src/bpf/run.ts";
import { getNativeArch, getSyscallFromName } from "../src/libseccomp/mod.ts";
import { DATA_ADDRESS } from "./probe_elf.ts";
import { probeProgram } from "./probe.ts";
import { compiled, hasCommand, Scratch, testUnless } from "./program.ts";

const TCGETS = 0x5401n; // of ioctl_tty(2)
const TIOCSTI = 0x5412n;
const EPERM = 0x0005_0001; // SECCOMP_RET_ERRNO with its data
const KINDS = ["allowlist", "blocklist"] as const;

testUnless(
  compiled.missing,
  "all that make a filter of a list make it answer the same",
  () => {
    using scratch = new Scratch();
    for (const kind of KINDS) {
      for (const count of [10, mostListed(kind)]) {
        for (const { name: maker, make } of makers(scratch.path, false)) {
          const program = decode(make(kind, listed(kind, count) ?? []));
          const answer = (name: string, ...args: bigint[]) =>
            run(program, {
              number: getSyscallFromName(name).number,
              architecture: getNativeArch().token,
              args,
            }).action;
          const where = `${maker}, ${kind} of ${count}`;
          assert.equal(answer(PASSING), ALLOW, where);
          assert.equal(answer(CHECKED, 0n, TCGETS), ALLOW, where);
          assert.equal(answer(CHECKED, 0n, TIOCSTI), EPERM, where);
          assert.equal(answer(REFUSED), EPERM, where);
        }
      }
    }
  },
);

testUnless(
  compiled.missing,
  "of a long list our program runs at most half of the default order for a checked call",
  () => {
    using scratch = new Scratch();
    const [ours, ...others] = makers(scratch.path, false);
    const inRow = others.find(({ name }) => name.includes("default order"));
    assert.ok(inRow);
    const runs = ({ make }: typeof ours, count: number) =>
      [PASSING, CHECKED, REFUSED].map((name) =>
        run(decode(make("allowlist", listed("allowlist", count) ?? [])), {
          number: getSyscallFromName(name).number,
          architecture: getNativeArch().token,
          args: [0n, TCGETS],
        }).path.length
      );
    for (const count of [10, 100, mostListed("allowlist")]) {
      const row = runs(inRow, count);
      const own = runs(ours, count);
      assert.ok(own.every((one, index) => one <= row[index]), `${own}; ${row}`);
    }
    const [, checked] = runs(ours, mostListed("allowlist"));
    const [, inOrder] = runs(inRow, mostListed("allowlist"));
    assert.ok(checked <= inOrder / 2, `${checked} and ${inOrder}`);
  },
);

Deno.test("a list names as many calls as asked for, or there is none", () => {
  for (const kind of KINDS) {
    const most = mostListed(kind);
    assert.equal(new Set(listed(kind, most)).size, most);
    assert.equal(listed(kind, most + 1), undefined);
  }
  assert.equal(listed("blocklist", 1)?.length, 1);
  assert.equal(listed("allowlist", 1), undefined);
});

Deno.test("a loop makes its call as often as asked for, under its filter", () => {
  using scratch = new Scratch();
  const stderr = 2n;
  const write = (filter: Uint8Array) =>
    scratch.file(
      "loop",
      loopProgram(filter, {
        name: "write",
        args: [stderr, BigInt(DATA_ADDRESS), 1n],
      }, 70_000),
      0o755,
    );
  const written = (file: string) =>
    new Deno.Command(file).outputSync().stderr.length;
  assert.equal(written(write(new Uint8Array())), 70_000);
  // Refuses what has 2 as its first argument, with EPERM.
  const refusing = Uint8Array.from([
    ...[0x20, 0, 0, 0, 16, 0, 0, 0],
    ...[0x15, 0, 0, 1, 2, 0, 0, 0],
    ...[0x06, 0, 0, 0, 1, 0, 5, 0],
    ...[0x06, 0, 0, 0, 0, 0, 0xff, 0x7f],
  ]);
  assert.equal(written(write(refusing)), 0);
});

testUnless(
  compiled.missing,
  "each program of each list is measured with each call",
  () => {
    using scratch = new Scratch();
    const all = makers(scratch.path, false);
    const extent = { rounds: 1, calls: 100, counts: [10] };
    const costs = measureCalls(all, scratch.path, extent);
    assert.equal(costs.length, all.length * KINDS.length * 2 * 3);
    assert.ok(costs.every(({ nanoseconds }) => Number.isFinite(nanoseconds)));
    for (const kind of KINDS) {
      const rows = callTable(costs, kind).split("\n");
      assert.equal(rows.length, 2 + 3 * all.length);
      assert.match(rows[0], new RegExp(`${kind} of .*\\| +10 \\| +\\d+ \\|$`));
      assert.equal(
        instructionTable(costs, kind).split("\n").length,
        rows.length,
      );
    }
  },
);

testUnless(
  hasCommand("perl") ? undefined : "perl is not installed",
  "what does not run is named with the first line that it wrote",
  () => {
    using scratch = new Scratch();
    const fails = { name: "fails", command: ["sh", "-c", "echo no; exit 3"] };
    const { running, missing } = sift([
      { name: "runs", command: ["sh", "-c", "exit"] },
      fails,
      { name: "is absent", command: ["/absent/command"] },
      { name: "has no way", command: ["true"], around: ["sh", "-c", "exit 1"] },
    ], scratch.path);
    assert.deepEqual(running.map(({ name }) => name), ["runs"]);
    assert.deepEqual(missing.map(({ name }) => name), [
      ...["fails", "is absent", "has no way"],
    ]);
    assert.equal(missing[0].reason, "no");
    assert.match(missing[1].reason, /\/absent\/command.*No such file/);
    assert.throws(() => launchOnce(fails, scratch.path), /^Error: fails: no$/);
  },
);

Deno.test("what stays beside a driver is told from what becomes it", async () => {
  using scratch = new Scratch();
  const call = (name: string, ...args: bigint[]) => {
    const { number } = getSyscallFromName(name);
    return { abi: "native" as const, number, args };
  };
  const calls = [call("getpid"), call("read", 0n, 0n, 1n)];
  const driver = scratch.file("a-driver", probeProgram(calls), 0o755);
  const stays = await measureStays(
    [
      { name: "becomes it", command: ["sh", "-c", 'exec "$0"', driver] },
      { name: "waits for it", command: ["sh", "-c", '"$0"; exit', driver] },
    ],
    "a-driver",
    1,
  );
  assert.deepEqual(stays.map(({ others }) => others), [[], ["sh"]]);
  assert.equal(stays[0].rest, 0);
  assert.ok(stays[1].rest > 0);
  assert.match(stayTable(stays), /\| becomes it .*\| +none \|/);
});

const PICTURE: Picture = {
  barTitle: "bars",
  bars: [
    { name: "this & <that>", value: 1, isOurs: false },
    { name: "ours", value: 2.5, isOurs: true },
  ],
  lineTitle: "lines",
  across: "calls",
  lines: [
    { name: "one", points: [[10, 0], [100, 50]] },
    { name: "other", points: [[10, -3], [100, 51]] },
  ],
};

Deno.test("the picture has every name and number, and none on another", () => {
  const svg = draw(PICTURE);
  assert.match(svg, /^<svg xmlns="[^"]+" viewBox="0 0 800 \d+"/);
  assert.match(svg, />this &amp; &lt;that&gt;<\/text>/);
  assert.match(svg, />2\.50<\/text>/);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  const height = (name: string) =>
    Number(new RegExp(`y="([0-9.]+)" >${name}<`).exec(svg)?.[1]);
  assert.ok(Math.abs(height("one") - height("other")) > 13);
});

Deno.test("a longer bar is drawn longer, and a line that is all noise at all", () => {
  const widths = [...draw(PICTURE).matchAll(/width="([0-9.]+)" height="16"/g)]
    .map(([, width]) => Number(width));
  assert.ok(Math.abs(widths[1] / widths[0] - 2.5) < 0.01);
  const lines = [{ name: "flat", points: [[1, -2], [2, -1]] as const }];
  assert.doesNotMatch(draw({ ...PICTURE, bars: [], lines }), /NaN|Infinity/);
});

Deno.test("a table is as deno fmt would have it", async () => {
  using scratch = new Scratch();
  const text = `${
    table(["what", "µs", "ratio"], [["one thing", "1", "1.00"]])
  }\n`;
  const file = scratch.file("table.md", text);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--check", "--no-config", file],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});
