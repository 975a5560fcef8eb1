import assert from "node:assert/strict";
import { SECCOMP_KEYS, STAGE_KEYS } from "../src/policy/schema.ts";
import { run, Scratch, testEach } from "./program.ts";

const PAGE = Deno.readTextFileSync(
  new URL("../docs/configuration.md", import.meta.url),
);
const EXAMPLES = [...PAGE.matchAll(/^```toml\n([^]*?)^```$/gm)].map(
  ([, text]) => text,
);

/** What the examples name beside themselves. */
const FILES = {
  "plugin.ts": "export const seccompExpansion = () => {};\n",
  "step.ts": "export const seccompExpansion = () => {};\n",
  "profile.json":
    '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["keyctl"], "action": "SCMP_ACT_ERRNO"}]}',
};
const PLUGIN_SHA256 = new Uint8Array(
  await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(FILES["plugin.ts"]),
  ),
).toHex();

Deno.test("the page on the configuration has every key, and an example of it", () => {
  const examples = EXAMPLES.join("\n");
  for (const key of SECCOMP_KEYS) {
    assert.ok(PAGE.includes(`| \`${key}`), `${key} is in no table`);
    const pattern = key === "stages"
      ? /^\[auth\.seccomp\.stages\./m
      : new RegExp(`^${key} = `, "m");
    assert.match(examples, pattern);
  }
  for (const key of STAGE_KEYS) assert.ok(SECCOMP_KEYS.includes(key));
});

testEach("check takes every example of the page", async (program) => {
  using scratch = new Scratch();
  for (const [name, text] of Object.entries(FILES)) scratch.file(name, text);
  for (const example of EXAMPLES) {
    const text = example.replace("PLUGIN_SHA256", PLUGIN_SHA256);
    const config = scratch.file("jacamar.toml", text);
    const { code, stdout, stderr } = await run(program, [
      ...["check", "-c", config],
      ...["--stage", "step_script", "--stage", "after_script"],
    ]);
    assert.equal(stderr, "", example);
    assert.equal(code, 0, stdout);
  }
});
