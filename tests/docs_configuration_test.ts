import assert from "node:assert/strict";
import { SECCOMP_KEYS, STAGE_KEYS } from "../src/policy/schema.ts";
import { blocksOf, readPage } from "./page.ts";

const PAGE = readPage("docs/configuration.md");
const EXAMPLES = blocksOf(PAGE).filter(({ language }) => language === "toml")
  .map(({ text }) => text);

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
