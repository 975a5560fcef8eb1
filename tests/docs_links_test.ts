import assert from "node:assert/strict";
import { dirname, normalize } from "node:path";
import { isThere } from "./named_file.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Every page, by its path from the root of the repository. */
const PAGES: ReadonlyMap<string, string> = new Map(
  [
    ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
    ...[...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`)
      .filter((path) => path.endsWith(".md")).sort(),
  ].map((path) => [path, Deno.readTextFileSync(`${ROOT}${path}`)]),
);

/** A page without what is shown in blocks. */
function prose(page: string): string {
  return page.replaceAll(/^( *)```[^]*?^\1```$/gm, "");
}

/** A link of a page. */
interface Link {
  readonly page: string;
  /** As it is written. */
  readonly target: string;
  /** The path from the root of the repository. */
  readonly path: string;
  readonly anchor: string | undefined;
}

function linksOf([page, text]: [string, string]): Link[] {
  return [
    ...prose(text).replaceAll(/`[^`]*`/g, "code").matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target]) => target).filter((target) => !/^\w+:/.test(target))
    .map((target) => {
      const [path, anchor] = target.split("#");
      const whole = path === "" ? page : normalize(`${dirname(page)}/${path}`);
      return { page, target, path: whole, anchor };
    });
}

/** The anchors of a page's headings, as GitLab makes them. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(/[ -]+/g, "-")
  );
}

const LINKS = [...PAGES].flatMap(linksOf);

Deno.test("every link of a page points at something that is there", () => {
  assert.ok(LINKS.length > 100, `${LINKS.length} links`);
  for (const { page, target, path, anchor } of LINKS) {
    assert.ok(isThere(path), `${page}: ${target}`);
    if (anchor === undefined) continue;
    const text = PAGES.get(path);
    assert.ok(text !== undefined, `${page}: ${target} is no page`);
    assert.ok(anchorsOf(text).includes(anchor), `${page}: ${target}`);
  }
});

Deno.test("every page of docs/ is in its index", () => {
  const index = "docs/README.md";
  const listed = new Set(
    LINKS.filter(({ page }) => page === index).map(({ path }) => path),
  );
  const others = [...PAGES.keys()].filter((path) =>
    ![index, "README.md"].includes(path)
  );
  assert.deepEqual(others.filter((path) => !listed.has(path)), []);
});

Deno.test("every file of the repository that a page names is there", () => {
  const named = [...PAGES].flatMap(([page, text]) => {
    const names = prose(text).matchAll(
      /`((?:src|tests|scripts|plugins|docs)\/[\w./*]*)(?: [^`]*)?`/g,
    );
    return [...names].map(([, name]) => ({ page, name }));
  });
  assert.ok(named.length > 100, `${named.length} names`);
  for (const { page, name } of named) {
    assert.ok(isThere(name), `${page}: ${name}`);
  }
});
