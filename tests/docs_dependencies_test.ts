import assert from "node:assert/strict";
import toolchain from "../scripts/toolchain/package.json" with {
  type: "json",
};

const read = (path: string) =>
  Deno.readTextFileSync(new URL(`../${path}`, import.meta.url));
const PAGE = read("docs/dependencies.md");
/** The packages of `deno.lock`, as `leven@4.1.0`. */
const LOCKED = Object.keys(JSON.parse(read("deno.lock")).npm);
/** In no row of its own: the package that brings it tells its version. */
const TYPESCRIPT = "typescript@6.0.3";

/** The rows of the table, as name and the rest. */
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `?(@?[^`@ ]+)`?.*? \| ([\d.]+) +\|/gm)].map((
    [, name, version],
  ) => [name, version]),
);

Deno.test("every npm package that is locked is on the page, with its version", () => {
  assert.ok(LOCKED.includes(TYPESCRIPT));
  assert.match(PAGE, /\| `@typescript\/typescript6` .*TypeScript 6\.0\.3 /);
  const locked = LOCKED.filter((each) => each !== TYPESCRIPT).map((each) => {
    const at = each.lastIndexOf("@");
    return [each.slice(0, at), each.slice(at + 1)];
  });
  assert.ok(locked.length >= 9);
  for (const [name, version] of locked) {
    assert.equal(ROWS.get(name), version, name);
  }
});

Deno.test("the page has the version of Deno that is pinned", () => {
  const versions = new Set(Object.values(toolchain.optionalDependencies));
  assert.deepEqual([...versions], [ROWS.get("Deno")]);
});
