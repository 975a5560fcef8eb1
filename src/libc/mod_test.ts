import assert from "node:assert/strict";
import { errno, errnoName } from "./errno.ts";
import { cStrings } from "./mod.ts";

Deno.test("strings are laid out as C has argv", () => {
  const { bytes, address } = cStrings(["a", "", "é"]);
  const pointers = new BigUint64Array(bytes.buffer, 0, 4);
  assert.equal(pointers[3], 0n);
  const strings = [...pointers.slice(0, 3)].map((pointer) => {
    const start = Number(pointer - address);
    return new TextDecoder().decode(
      bytes.subarray(start, bytes.indexOf(0, start)),
    );
  });
  assert.deepEqual(strings, ["a", "", "é"]);
  assert.equal(bytes.at(-1), 0);
});

Deno.test("a NUL byte is refused: C would read less than was meant", () => {
  assert.throws(() => cStrings(["a\0b"]), /NUL/);
});

Deno.test("errno values have their names", () => {
  assert.equal(errno.EPERM, 1);
  assert.equal(errnoName(38), "ENOSYS");
  assert.equal(errnoName(11), "EAGAIN");
  assert.equal(errnoName(4000), "errno 4000");
});
