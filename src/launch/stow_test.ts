import assert from "node:assert/strict";
import { Scratch } from "../../tests/program.ts";
import { makeFileOf } from "./same_file.ts";
import { stow } from "./stow.ts";

Deno.test("stowed descriptors come back in their order, and once only", () => {
  using scratch = new Scratch();
  scratch.file("a", "");
  using _file = Deno.openSync(`${scratch.path}/a`);
  const fileOf = makeFileOf();
  const standard = [2, 0, 1];
  const stowed = stow(standard);
  const taken = stowed.take();
  assert.deepEqual(taken.map(fileOf), standard.map(fileOf));
  assert.ok(taken.every((fd) => fd > 2));
  assert.throws(() => stowed.take(), /descriptors are gone/);
});

Deno.test("a descriptor that is closed cannot be stowed", () => {
  assert.throws(() => stow([99_999]), { code: "EBADF" });
});

Deno.test("no file is behind a descriptor that is closed", () => {
  assert.equal(makeFileOf()(99_999), undefined);
});
