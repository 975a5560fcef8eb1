import assert from "node:assert/strict";
import { groups, GROUPS_VERSION } from "../policy/call_groups.ts";
import { renderGroups } from "./show_groups.ts";

const everyGroup = [...groups.keys()];

Deno.test("without names all groups are listed with their size and purpose", async () => {
  const text = await renderGroups([], false);
  assert.ok(text.includes(GROUPS_VERSION));
  assert.match(text, /^@swap +2 {2}swap devices$/m);
  assert.match(text, /^@privileged +53 {2}/m);
  assert.equal(text.match(/^@/gm)?.length, groups.size);
});

Deno.test("a group shows its calls and those of the groups in it", async () => {
  const text = await renderGroups(["@privileged", "@swap"], false);
  assert.match(
    text,
    /^@privileged: .* \(53 calls\)\n {2}_sysctl acct [^@]*\n {2}@chown: chown .*\n/,
  );
  assert.match(
    text,
    /\n\n@swap: swap devices \(2 calls\)\n {2}swapoff swapon\n/,
  );
});

Deno.test("calls that this machine does not have are marked, and the mark is explained", async () => {
  const text = await renderGroups(["@chown"], false);
  assert.match(text, /\bchown32\*/);
  assert.match(
    text,
    new RegExp(`^\\* does not exist on ${Deno.build.arch}$`, "m"),
  );
  assert.doesNotMatch(await renderGroups(["@swap"], false), /[*?]/);
});

Deno.test("no line is wider than a terminal of 80 columns", async () => {
  for (const names of [[], everyGroup]) {
    const lines = (await renderGroups(names, false)).split("\n");
    assert.deepEqual(lines.filter((line) => line.length > 80), []);
  }
});

Deno.test("JSON has the calls of the groups named, or of all", async () => {
  const { groups: [swap], architecture } = JSON.parse(
    await renderGroups(["@swap"], true),
  );
  assert.equal(architecture, Deno.build.arch);
  assert.deepEqual(swap, {
    name: "@swap",
    description: "swap devices",
    members: ["swapoff", "swapon"],
    calls: [
      { name: "swapoff", standing: "here" },
      { name: "swapon", standing: "here" },
    ],
  });
  const all = JSON.parse(await renderGroups([], true));
  assert.equal(all.groups.length, groups.size);
});

Deno.test("an unknown group is refused with the nearest one", async () => {
  await assert.rejects(renderGroups(["@swap", "@privlieged"], false), {
    message: 'there is no group "@privlieged", did you mean "@privileged"?',
  });
  await assert.rejects(renderGroups(["mount"], true), /did you mean "@mount"/);
});
