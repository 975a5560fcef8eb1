import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";
import { SECCOMP_KEYS } from "./schema.ts";

Deno.test("a slip of the pen finds its word, and of two the one that begins alike", async () => {
  assert.equal(await nearest("block_call", SECCOMP_KEYS), "block_calls");
  assert.equal(await nearest("disable", SECCOMP_KEYS), "disabled");
  assert.equal(
    await nearest("validation_plugins", SECCOMP_KEYS),
    "validation_plugin",
  );
});

Deno.test("what is near nothing gets no suggestion", async () => {
  assert.equal(await nearest("colour", SECCOMP_KEYS), undefined);
});
