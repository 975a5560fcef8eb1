import assert from "node:assert/strict";
import { getLibraryFile } from "./library_file.ts";

Deno.test("the file is the one that the dynamic linker has mapped", () => {
  const file = getLibraryFile() ?? "";
  assert.match(file, /\/libseccomp\.so\.2/);
  assert.equal(Deno.realPathSync(file), file);
});
