import assert from "node:assert/strict";
import { parseDuration } from "./duration.ts";

Deno.test("durations are a number with its unit", () => {
  const read = ["250ms", "5s", "1.5s", "10m"].map(parseDuration);
  assert.deepEqual(read, [250, 5000, 1500, 600_000]);
});

Deno.test("anything else is none", () => {
  for (
    const text of [
      "",
      "5",
      "s",
      "-1s",
      "0s",
      "5 s",
      "5h",
      "11m",
      "1e3s",
      "5s5s",
      " 5s",
      "Infinitys",
    ]
  ) {
    assert.equal(parseDuration(text), undefined, text);
  }
});
