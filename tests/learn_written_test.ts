import assert from "node:assert/strict";
import { writeFragment } from "../src/learn/fragment.ts";
import { writePlugin } from "../src/learn/plugin.ts";
import { parseRecord } from "../src/learn/record_schema.ts";
import {
  fromSource,
  type Program,
  type Result,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const RECORD = `${ROOT}plugins/learned.json`;
const STAGES = ["--stage", "build_script", "--stage", "after_script"];

const record = () => parseRecord(Deno.readTextFileSync(RECORD), RECORD);

/** What check says, each item on one line however wide a terminal is. */
async function checkStages(
  program: Program,
  config: string,
  stages: readonly string[] = STAGES,
): Promise<Result> {
  const result = await run(program, ["check", "-c", config, ...stages]);
  return { ...result, stdout: result.stdout.replace(/\s+/g, " ") };
}

testEach("check finds nothing wrong with a fragment", async (program) => {
  using scratch = new Scratch();
  const config = scratch.file("jacamar.toml", writeFragment(record()).text);
  const { code, stdout, stderr } = await checkStages(program, config);
  assert.deepEqual([code, stderr], [0, ""], stdout);
  assert.match(stdout, / openat: ActAllow \[line \d+\] /);
});

testEach(
  "check finds that a fragment starts no job at another stage",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.file("jacamar.toml", writeFragment(record()).text);
    const other = ["--stage", "get_sources"];
    const { code, stdout } = await checkStages(program, config, other);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /problem: the driver could not be started: the default action ActErrno\(EPERM\) refuses execve/,
    );
  },
);

testEach("check finds nothing wrong with a plugin", async (program) => {
  using scratch = new Scratch();
  const file = scratch.file("policy.ts", writePlugin(record()).text);
  const config = scratch.config(`validation_plugin = "${file}"\n`);
  const { code, stdout, stderr } = await checkStages(program, config);
  assert.deepEqual([code, stderr], [0, ""], stdout);
  assert.match(
    stdout,
    / ioctl: ActAllow when arg1 & 0xffffffff == TCGETS /,
  );
});

testEach("the example plugin reads the record beside it", async (program) => {
  using scratch = new Scratch();
  const file = `${ROOT}plugins/learned.ts`;
  const config = scratch.config(`validation_plugin = "${file}"\n`);
  const { code, stdout, stderr } = await checkStages(program, config);
  assert.deepEqual([code, stderr], [0, ""], stdout);
  const other = ["--stage", "get_sources"];
  const { stdout: refused } = await checkStages(program, config, other);
  assert.match(
    refused,
    /problem: plugin error: it was not learned what the stage get_sources calls/,
  );
});

const deno = (command: string): Program => ({
  ...fromSource,
  command: [Deno.execPath(), command, `--config=${ROOT}deno.json`],
});

for (const command of ["check", "lint", "fmt --check"]) {
  Deno.test(`deno ${command} finds nothing wrong with a plugin`, async () => {
    using scratch = new Scratch();
    const file = scratch.file("policy.ts", writePlugin(record()).text);
    const [name, ...flags] = command.split(" ");
    const { code, stderr } = await run(deno(name), [...flags, file]);
    assert.equal(code, 0, stderr);
  });
}

Deno.test("docs/learn.md shows what is written", () => {
  const page = Deno.readTextFileSync(`${ROOT}docs/learn.md`);
  const written = {
    toml: writeFragment(record()).text,
    ts: writePlugin(record()).text,
  };
  for (const [language, text] of Object.entries(written)) {
    const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m");
    let rest = text.split("\n");
    for (const line of block.exec(page)?.[1].trimEnd().split("\n") ?? [""]) {
      if (line.endsWith(" …")) continue;
      const index = rest.indexOf(line);
      assert.ok(index >= 0, `${language}: ${line}`);
      rest = rest.slice(index + 1);
    }
  }
});
