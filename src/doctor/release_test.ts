import assert from "node:assert/strict";
import { isSince } from "./release.ts";

Deno.test("releases are compared by their first two numbers", () => {
  assert.ok(isSince("5.11.0-generic", 5, 11));
  assert.ok(isSince("6.0.0", 5, 11));
  assert.ok(isSince("10.0", 9, 1));
  assert.ok(!isSince("5.4.0-1", 5, 11));
  assert.ok(!isSince("4.18.0-553.el8.x86_64", 5, 11));
});
