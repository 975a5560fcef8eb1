import assert from "node:assert/strict";
import { blocksOf, readPage } from "./page.ts";
import { excusesOf } from "./page_settings.ts";
import {
  fromSource,
  hasCommand,
  isRoot,
  type Program,
  type Result,
  run,
  Scratch,
  testUnless,
} from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname.replace(/\/$/, "");
const PAGE = readPage("docs/testing.md");
/** In a clone, and in a folder beside one. */
const [INSIDE, BESIDE] = excusesOf("docs/testing.md");

const denoTest: Program = {
  ...fromSource,
  name: "deno test",
  command: [Deno.execPath(), "test", "--no-prompt"],
};

/**
 * A repository with the files of the page, and beside it, as the page has it, a
 * clone of this one.
 */
function repository(scratch: Scratch): string {
  Deno.symlinkSync(ROOT, `${scratch.path}/jacamar-seccomp`);
  const folder = `${scratch.path}/plugins`;
  Deno.mkdirSync(folder);
  let rest = 0;
  for (const { language, text, path } of blocksOf(PAGE)) {
    if (language !== "ts" && language !== "json") continue;
    const name = path ??
      (language === "json" ? "deno.json" : `example_${rest++}_test.ts`);
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
  return folder;
}

/** Packages may have to be fetched, as by way of a proxy that a variable names. */
const ENVIRONMENT = { ...Deno.env.toObject(), NO_COLOR: "1" };

/** Runs a command line of the page. */
async function runLine(line: string, cwd: string): Promise<Result> {
  const shell = { name: "sh", command: ["sh", "-c", line] };
  return await run(shell, [], { cwd, env: ENVIRONMENT });
}

Deno.test("the example of the page on testing passes as it is, with its types checked", async () => {
  using scratch = new Scratch();
  const { code, stdout, stderr } = await runLine(BESIDE, repository(scratch));
  assert.equal(code, 0, stdout + stderr);
  assert.match(stderr, /^Check mkdir_test\.ts$/m);
  assert.match(stdout, /^ok \| 3 passed \| 0 failed/m);
});

Deno.test("the tests of the example plugins run as the page says", async () => {
  const { code, stdout, stderr } = await runLine(INSIDE, ROOT);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^ok \| \d{2,} passed \| 0 failed/m);
});

Deno.test("without the permission that it needs, a plugin's test says which", async () => {
  using scratch = new Scratch();
  const { code, stdout } = await run(denoTest, ["--no-check"], {
    cwd: repository(scratch),
    env: ENVIRONMENT,
  });
  assert.equal(code, 1);
  assert.match(stdout, /Requires ffi access .*--allow-ffi/);
});

Deno.test("a rejection that a plugin leaves unhandled fails the test run", async () => {
  using scratch = new Scratch();
  const cwd = repository(scratch);
  Deno.writeTextFileSync(
    `${cwd}/mkdir.ts`,
    'export const seccompExpansion = () => { Promise.reject(new Error("left")); };',
  );
  const { code, stdout } = await run(
    denoTest,
    ["--no-check", "--allow-ffi", "mkdir_test.ts"],
    { cwd, env: ENVIRONMENT },
  );
  assert.equal(code, 1);
  assert.match(stdout, /Error: left/);
});

testUnless(
  !isRoot ? "needs root" : hasCommand("setpriv") ? undefined : "needs setpriv",
  "the example plugins' tests pass for an ordinary user",
  async () => {
    using scratch = new Scratch();
    const env = { HOME: scratch.path, DENO_DIR: copyCache(scratch) };
    const wrapper = [
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
    ];
    const { code, stdout, stderr } = await run(
      denoTest,
      [
        "--no-check",
        "--cached-only",
        "--allow-ffi",
        "plugins/",
        "src/testing/expand_test.ts",
      ],
      { cwd: ROOT, env, wrapper },
    );
    assert.equal(code, 0, stdout + stderr);
  },
);

/** Deno's cache of packages, for another user to write to. */
function copyCache(scratch: Scratch): string {
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).outputSync();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  const folder = `${scratch.path}/deno`;
  Deno.mkdirSync(folder);
  for (
    const [command, ...args] of [
      ["cp", "-r", npmCache, `${folder}/npm`],
      ["chown", "-R", "65534:65534", scratch.path],
    ]
  ) {
    assert.ok(new Deno.Command(command, { args }).outputSync().success);
  }
  return folder;
}
