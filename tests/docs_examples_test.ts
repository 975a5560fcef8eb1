/**
 * That the configurations and plugins which pages show are taken. Those that
 * have a name there are taken where the page is followed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Block, blocksOf, pageNames, readPage } from "./page.ts";
import { otherOutput } from "./page_settings.ts";
import {
  compiled,
  fromSource,
  type Program,
  type Result,
  run,
  Scratch,
  testEach,
  testUnless,
} from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** What the examples name beside themselves. */
const FILES = {
  "plugin.ts": "export const seccompExpansion = () => {};\n",
  "step.ts": "export const seccompExpansion = () => {};\n",
  "profile.json":
    '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["keyctl"], "action": "SCMP_ACT_ERRNO"}]}',
};
/** What an example that is about a function leaves out. */
const IMPORT =
  'import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";\n';
const isConfiguration = ({ language, text }: Block) =>
  language === "toml" && /^\[auth\./m.test(text);
const isPlugin = ({ language, text }: Block) =>
  language === "ts" && text.includes("export const seccompExpansion");

/** Whole ones without a name, with their page. */
function examples(isWanted: (block: Block) => boolean): [string, string][] {
  return pageNames().flatMap((name) =>
    blocksOf(readPage(name))
      .filter(({ path, text }) => path === undefined && !text.includes("…"))
      .filter(isWanted)
      .map(({ text }): [string, string] => [name, text])
  );
}

/** A folder with what configurations name. */
function folder(): Scratch {
  const scratch = new Scratch();
  for (const [name, text] of Object.entries(FILES)) scratch.file(name, text);
  for (const { name } of Deno.readDirSync(`${ROOT}plugins`)) {
    scratch.file(name, Deno.readTextFileSync(`${ROOT}plugins/${name}`));
  }
  return scratch;
}

async function check(program: Program, config: string): Promise<Result> {
  return await run(program, [
    ...["check", "-c", config],
    ...["--stage", "step_script", "--stage", "after_script"],
  ]);
}

testEach("check takes every configuration of the pages", async (program) => {
  const found = examples(isConfiguration);
  assert.ok(found.length > 10);
  using scratch = folder();
  for (const [page, example] of found) {
    const profile = "/usr/share/containers/seccomp.json";
    const text = example.replace(profile, "profile.json");
    const config = scratch.file("jacamar.toml", text);
    const { code, stdout, stderr } = await check(program, config);
    assert.deepEqual([code, stderr], [0, ""], `${page}: ${text}\n${stdout}`);
  }
});

testEach("check takes every plugin of the pages", async (program) => {
  const found = examples(isPlugin);
  assert.ok(found.length > 2);
  using scratch = folder();
  const config = scratch.config('validation_plugin = "plugin.ts"\n');
  for (const [page, text] of found) {
    scratch.file("plugin.ts", text.includes("import ") ? text : IMPORT + text);
    const { stdout, stderr } = await check(program, config);
    assert.equal(stderr, "", page);
    assert.match(stdout, /^ {2}plugin .*plugin\.ts$/m, page);
    // What an example leaves open is told by a warning.
    assert.doesNotMatch(stdout, /^ *problem: /m, `${page}: ${text}`);
  }
});

/** The commands of the custom executor that a page configures. */
function wiringOf(page: string): string[] {
  const block = blocksOf(readPage(page))
    .find(({ text }) => text.includes("[runners.custom]"));
  const lines = block?.text.split("[runners.custom]\n")[1].split("\n") ?? [];
  return lines.filter((line) => /^\w+_(?:exec|args) = /.test(line));
}

Deno.test("every page wires the runner as the one does whose config.toml is played", () => {
  const played = wiringOf("docs/gitlab.md");
  assert.equal(played.length, 8);
  const others = pageNames().filter((name) =>
    name !== "docs/gitlab.md" && wiringOf(name).length > 0
  );
  assert.deepEqual(others, ["README.md", "docs/operating.md"]);
  for (const name of others) assert.deepEqual(wiringOf(name), played, name);
});

const EXAMPLES_PAGE = readPage("docs/examples.md");

testUnless(
  otherOutput,
  "the page on the examples has every plugin, with the size of its largest program",
  async () => {
    const row = /^\| \[(.*)\]\(\.\.\/plugins\/.*\).* (\d+) \|$/gm;
    const shown = [...EXAMPLES_PAGE.matchAll(row)]
      .map(([, name, count]) => ({ name, size: Number(count) }));
    const names = [...Deno.readDirSync(`${ROOT}plugins`)]
      .map(({ name }) => name).filter((name) => /^[^_]*\.ts$/.test(name));
    assert.deepEqual(shown.map(({ name }) => name).sort(), names.sort());
    using scratch = folder();
    const counted = [];
    for (const { name } of shown) {
      const config = scratch.config(`validation_plugin = "${name}"\n`);
      counted.push({ name, size: await largestProgram(config) });
    }
    assert.deepEqual(shown, counted);
  },
);

async function largestProgram(config: string): Promise<number> {
  const stages = ["get_sources", "build_script", "after_script"];
  const { stdout } = await run(compiled.missing ? fromSource : compiled, [
    ...["check", "-c", config],
    ...stages.flatMap((stage) => ["--stage", stage]),
  ]);
  const sizes = stdout.matchAll(/^ {2}(\d+) instructions, proven$/gm);
  return Math.max(...[...sizes].map(([, size]) => Number(size)));
}
