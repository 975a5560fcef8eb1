import assert from "node:assert/strict";
import * as binding from "../src/mod.ts";

const PAGE = Deno.readTextFileSync(
  new URL("../docs/libseccomp.md", import.meta.url),
);

/** Rows of all tables, as cells, without headings. */
const ROWS = PAGE.split("\n").filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
  .filter(([first], index, rows) =>
    !/^-+$/.test(first) && !/^-+$/.test(rows[index + 1]?.[0] ?? "")
  );

/** The types, which are gone at run time. */
const TYPES = exportedTypes();

function exportedTypes(): Set<string> {
  const folder = new URL("../src/libseccomp/", import.meta.url);
  const names = new Set<string>();
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.startsWith("_") || name.endsWith("_test.ts")) continue;
    const text = Deno.readTextFileSync(new URL(name, folder));
    for (
      const [, type] of text.matchAll(/^export (?:interface|type) (\w+)/gm)
    ) {
      names.add(type);
    }
  }
  return names;
}

/** Methods, getters and properties of the classes. */
const MEMBERS = new Set(
  [
    binding.ScmpFilter.prototype,
    binding.ScmpAction.prototype,
    binding.ScmpArch.prototype,
    binding.ScmpCompareOp.prototype,
    binding.ScmpSyscall.prototype,
    Error.prototype,
  ].flatMap((prototype) => {
    const names: string[] = [];
    for (
      let each: unknown = prototype;
      each !== null && each !== Object.prototype;
      each = Object.getPrototypeOf(each)
    ) names.push(...Object.getOwnPropertyNames(each));
    return names;
  }),
);

const ours = ROWS.flatMap(([, cell]) =>
  [...cell.matchAll(/`(?:new |await )?(?:\w+\.)?(\w+)(?:\([^`]*\))?`/g)].map(
    ([, name]) => name,
  )
);

Deno.test("no cell of the page is empty", () => {
  assert.ok(ROWS.length > 60);
  for (const row of ROWS) {
    assert.equal(row.length, 3, row.join("|"));
    assert.ok(row.every((cell) => cell !== ""), row.join(" | "));
  }
});

Deno.test("everything that the page names is there", () => {
  for (const name of ours) {
    const isThere = name in binding || MEMBERS.has(name) || TYPES.has(name) ||
      name === "undefined";
    assert.ok(isThere, `${name} is not there`);
  }
});

Deno.test("everything that is there is on the page", () => {
  const skipped = new Set(["constructor", "stack"]);
  for (const name of Object.keys(binding)) {
    assert.ok(PAGE.includes(name), `${name} is not on the page`);
  }
  const methods = [
    binding.ScmpFilter,
    Object.getPrototypeOf(binding.ScmpFilter),
    Object.getPrototypeOf(Object.getPrototypeOf(binding.ScmpFilter)),
  ].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  for (const name of methods.filter((name) => !skipped.has(name))) {
    assert.ok(PAGE.includes(`\`${name}`), `${name} is not on the page`);
  }
});
