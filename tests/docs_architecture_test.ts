import assert from "node:assert/strict";
import { dirname, normalize } from "node:path";
import { isThere } from "./named_file.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const PAGE = Deno.readTextFileSync(`${ROOT}docs/architecture.md`);
const DIAGRAM = Deno.readTextFileSync(`${ROOT}docs/architecture.svg`);

/** A room and those that it says it imports from, as `src/bpf`. */
const ROOMS: ReadonlyMap<string, string> = new Map(
  [...PAGE.matchAll(/^\| `(src\/[^`]*?)\/?` +\|[^|]*\| +([^|]*?) +\|$/gm)].map(
    ([, room, imports]) => [room, imports],
  ),
);

/** All folders of the source, as `src/policy/oci`, and the files beside them. */
function roomsOf(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return [path, ...roomsOf(path)];
    return folder === "src" ? [path] : [];
  });
}

/** The modules of a room, without their tests. */
function modulesOf(room: string): string[] {
  if (room.endsWith(".ts")) return [room];
  return [...Deno.readDirSync(`${ROOT}${room}`)]
    .filter(({ isFile, name }) => isFile && /^(?!.*_test).*\.ts$/.test(name))
    .map(({ name }) => `${room}/${name}`);
}

/** Which other rooms a module imports from. */
function importsOf(module: string): string[] {
  const code = Deno.readTextFileSync(`${ROOT}${module}`)
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?:from|import\()\s*"(\.\.?\/[^"?]+)/g)]
    .map(([, path]) => normalize(`${dirname(module)}/${path}`))
    .filter((path) => path.startsWith("src/"))
    .map((path) => dirname(path) === "src" ? path : dirname(path));
}

Deno.test("every folder of src/ is a room of the page, and every room is there", () => {
  assert.deepEqual([...ROOMS.keys()].sort(), roomsOf("src").sort());
});

Deno.test("a room imports from those that the page says, and from no other", () => {
  for (const [room, said] of ROOMS) {
    // The files of a new plugin are texts.
    const modules = room === "src/scaffold/template" ? [] : modulesOf(room);
    const found = new Set(modules.flatMap(importsOf));
    found.delete(room);
    assert.deepEqual(
      said === "–" ? [] : said.split(", ").map((name) => `src/${name}`).sort(),
      [...found].sort(),
      room,
    );
  }
});

Deno.test("every file that the diagram names is there", () => {
  const names = [...DIAGRAM.matchAll(/\b(?:src|tests|plugins)\/[\w./*]*/g)].map(
    ([name]) => name,
  );
  assert.ok(names.length > 20, names.join());
  assert.deepEqual(names.filter((name) => !isThere(name)), []);
});
