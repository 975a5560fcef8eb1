import assert from "node:assert/strict";
import { lineIndex } from "./locate.ts";

Deno.test("keys are found however the table is written", async () => {
  for (
    const text of [
      '[auth.seccomp]\nblock_calls = [\n"a",\n"b"]',
      'auth.seccomp.block_calls =\\\n["a",\n\n"b"]'.replace("\\\n", " "),
      '[auth]\nseccomp.block_calls = ["a",\n\n"b"]',
      '[auth]\nseccomp = { block_calls = ["a",\n\n"b"] }',
      '["auth"."seccomp"]\n\'block_calls\' = ["a",\n\n"b"]',
    ]
  ) {
    const locate = await lineIndex(text);
    const lines = text.split("\n");
    const line = (needle: string) =>
      lines.findIndex((one) => one.includes(needle)) + 1;
    assert.equal(
      locate(["auth", "seccomp", "block_calls"]),
      line("block_calls"),
      text,
    );
    assert.equal(
      locate(["auth", "seccomp", "block_calls", 1]),
      line('"b"'),
      text,
    );
    assert.equal(locate(["auth", "seccomp", "absent"]), undefined);
  }
});
