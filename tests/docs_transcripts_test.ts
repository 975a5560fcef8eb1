import assert from "node:assert/strict";
import { blocksOf, commandsOf, pageNames, readPage, stepsOf } from "./page.ts";
import { NOBODY, PageScene } from "./page_scene.ts";
import {
  EXCUSES,
  otherOutput,
  settingOf,
  stepsToFollow,
} from "./page_settings.ts";
import {
  compiled,
  fromSource,
  hasCommand,
  isRoot,
  run,
  Scratch,
  testEach,
  testUnless,
} from "./program.ts";
import { follow, settle } from "./transcript.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** `console` and `sh` are followed; all others are shown, and some are loaded by `docs_examples_test.ts`. */
const LANGUAGES = ["console", "sh", "text", "toml", "ts", "json", "go"];

Deno.test("commands stand in no block but those that are followed", () => {
  for (const name of pageNames()) {
    const page = readPage(name);
    const blocks = blocksOf(page);
    const fences = page.match(/^ *(?:```|~~~)/gm) ?? [];
    assert.equal(fences.length, 2 * blocks.length, name);
    for (const { language, text } of blocks) {
      assert.ok(LANGUAGES.includes(language), `${name}: ${language}\n${text}`);
    }
  }
});

Deno.test("what is not run where its page is followed is on the page, and run by a test", () => {
  for (const { page, commands, test, seen } of EXCUSES) {
    const text = Deno.readTextFileSync(`${ROOT}${test}`);
    assert.ok(text.includes(seen), `${test}: ${seen}`);
    const all = commandsOf(stepsOf(readPage(page)));
    for (const command of commands) {
      const found = all.find(({ line }) => line === command);
      assert.ok(found, `${page} has no such command: ${command}`);
      assert.equal(found.output, undefined, "what is shown is compared");
    }
  }
});

for (const name of pageNames()) {
  const steps = stepsToFollow(name);
  if (commandsOf(steps).length === 0) continue;
  const setting = settingOf(name);
  testEach(
    `every command of ${name} does what the page says`,
    (program) => follow(steps, program, setting),
    otherOutput,
  );
}

Deno.test("what is printed of the executable and of folders is shown as the pages name them", () => {
  const setting = settingOf("docs/commands.md");
  using scene = new PageScene(compiled, setting, false);
  assert.equal(
    scene.shown(`${compiled.command[0]}, ${scene.folder}/jacamar.toml`),
    "/usr/bin/jacamar-seccomp, /etc/jacamar/jacamar.toml",
  );
});

Deno.test("how long Deno's tests took is no part of what a page shows", () => {
  const shown = settle("refuses mkdir ... ok (12ms)");
  for (const time of ["0ms", "812µs", "3s", "1m4s", "12m0s"]) {
    assert.equal(settle(`refuses mkdir ... ok (${time})`), shown);
  }
  assert.notEqual(settle("refuses mkdir ... ok (12)"), shown);
});

const PAGE = `
   \`\`\`console
   $ echo new; echo '  lines'
   old
   $ echo 'reference 0123456789ab'
   reference ba9876543210
   $ true
   old
   \`\`\`
`;

testUnless(
  compiled.missing,
  "a page is given the outputs of today, and keeps what varies",
  async () => {
    using scratch = new Scratch();
    const page = scratch.file("page.md", PAGE);
    const writer = {
      ...fromSource,
      command: [
        ...[Deno.execPath(), "run", "--no-check", "--cached-only"],
        ...["--allow-all", `${ROOT}tests/transcript_write.ts`],
      ],
    };
    const { stdout, stderr } = await run(writer, [page]);
    assert.deepEqual(
      [stdout, stderr],
      [`${page}: 2 of 3 outputs changed\n`, ""],
    );
    const written = PAGE.replace("old\n", "new\n     lines\n")
      .replace("   old\n", "");
    assert.equal(Deno.readTextFileSync(page), written);
  },
);

const PLUGINS = "docs/plugins.md";

Deno.test("the page on plugins uses every command that it is to teach", () => {
  const commands = commandsOf(stepsToFollow(PLUGINS));
  const lines = commands.map(({ line }) => line).join("\n");
  for (const name of ["plugin new", "check", "simulate", "exec"]) {
    assert.ok(lines.includes(`jacamar-seccomp ${name} `), name);
  }
  assert.ok(lines.includes("deno test"));
});

Deno.test("the page on plugins shows the plugin that plugin new writes", () => {
  const template = `${ROOT}src/scaffold/template/NAME.ts`;
  const shown = "```ts\n" + Deno.readTextFileSync(template);
  assert.ok(readPage(PLUGINS).includes(shown));
});

testUnless(
  compiled.missing ?? otherOutput ??
    (isRoot && hasCommand("setpriv") ? undefined : "needs root and setpriv"),
  "the commands of the page on plugins do the same for an ordinary user",
  () =>
    follow(stepsToFollow(PLUGINS), compiled, settingOf(PLUGINS), [
      "setpriv",
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      "--clear-groups",
    ]),
);
