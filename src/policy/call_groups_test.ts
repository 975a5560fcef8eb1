import assert from "node:assert/strict";
import { getSyscallFromName, ScmpError } from "../libseccomp/mod.ts";
import { expandGroup, groups, GROUPS_VERSION } from "./call_groups.ts";

/** Names in the groups that libseccomp learnt after 2.5.1; 2.6.0 knows all. */
const NEWER = [
  "fchmodat2",
  "futex_waitv",
  "riscv_hwprobe",
  "set_mempolicy_home_node",
  "uretprobe",
];

/** What `systemd-analyze` says about its groups, if it is of our version. */
function askSystemd(...args: string[]): string | undefined {
  try {
    const { stdout } = new Deno.Command("systemd-analyze", {
      args: [...args, "--no-pager"],
      stderr: "null",
    }).outputSync();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const isOurVersion = askSystemd("--version")?.includes(
  `(${GROUPS_VERSION.replace("systemd ", "")}-`,
) ?? false;

Deno.test({
  name: isOurVersion
    ? "the groups are systemd's own"
    : `the groups are systemd's own [ignored: there is no systemd-analyze of ${GROUPS_VERSION}]`,
  ignore: !isOurVersion,
  fn() {
    const printed = new Map<string, string[]>();
    let members: string[] = [];
    for (const line of askSystemd("syscall-filter")?.split("\n") ?? []) {
      if (line.startsWith("@")) printed.set(line, members = []);
      else if (/^ +[^# ]/.test(line)) members.push(line.trim());
    }
    printed.delete("@known");
    const ours = [...groups].map(([name, { members }]) => [name, members]);
    assert.deepEqual(
      ours,
      [...printed].map(([name, members]) => [name, members.sort()]).sort(),
    );
  },
});

Deno.test("each name is one that libseccomp knows, but for a few newer ones", () => {
  const unknown = new Set<string>();
  for (
    const name of [...groups.keys()].flatMap((group) => expandGroup(group))
  ) {
    assert.ok(name);
    try {
      getSyscallFromName(name);
    } catch (error) {
      if (!(error instanceof ScmpError) || error.code !== "ENOENT") throw error;
      unknown.add(name);
    }
  }
  const strangers = [...unknown].filter((name) => !NEWER.includes(name));
  assert.deepEqual(strangers, []);
});

Deno.test("groups and their members are sorted, and each member stands there once", () => {
  const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
  assert.deepEqual([...groups.keys()], sorted(groups.keys()));
  for (const [name, { description, members }] of groups) {
    assert.deepEqual(members, sorted(members), name);
    assert.match(description, /^\S.{5,55}\S$/, name);
  }
});

Deno.test("a group in a group is one that exists, and no group is in itself", () => {
  const visit = (name: string, path: readonly string[]) => {
    assert.ok(!path.includes(name), [...path, name].join(" in "));
    const group = groups.get(name);
    assert.ok(group, `${name} in ${path.at(-1)}`);
    for (const member of group.members) {
      if (member.startsWith("@")) visit(member, [...path, name]);
    }
  };
  for (const name of groups.keys()) visit(name, []);
});

Deno.test("a group expands to the calls of all groups in it, sorted and each once", () => {
  const calls = expandGroup("@system-service") ?? [];
  for (const name of ["read", "setuid", "timer_create", "uname"]) {
    assert.ok(calls.includes(name), name);
  }
  assert.ok(!calls.some((name) => name.startsWith("@")));
  assert.deepEqual(calls, [...new Set(calls)].sort());
  assert.equal(expandGroup("@swap")?.join(), "swapoff,swapon");
  assert.equal(expandGroup("swap"), undefined);
});

Deno.test("docs/groups.md describes each group in the same words", () => {
  const page = new URL("../../docs/groups.md", import.meta.url);
  const rows = Deno.readTextFileSync(page).matchAll(
    /^\| `(@.+)` +\| (.+?) +\|$/gm,
  );
  assert.deepEqual(
    [...rows].map(([, name, description]) => [name, description]),
    [...groups].map(([name, { description }]) => [name, description]),
  );
});
