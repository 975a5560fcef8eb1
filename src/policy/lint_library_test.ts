import assert from "node:assert/strict";
import { surroundings } from "../../tests/lint_case.ts";
import { lintLibrary } from "./lint_library.ts";

const messages = (version: string) => {
  const [major, minor, micro] = version.split(".").map(Number);
  const libseccomp = { major, minor, micro };
  return [...lintLibrary({ ...surroundings, libseccomp })]
    .map(({ severity, message }) => `${severity}: ${message}`);
};

Deno.test("a libseccomp before 2.6.1 has known faults", () => {
  for (const version of ["2.5.4", "2.6.0"]) {
    assert.deepEqual(messages(version), [
      `notice: libseccomp ${version} is older than 2.6.1, which mends ` +
      "GHSA-4q85-33p6-j5g6, GHSA-46fr-jh49-xvhx and GHSA-2hqh-5c36-grrm",
    ]);
  }
});

Deno.test("libseccomp 2.6.1 and newer have none of them", () => {
  for (const version of ["2.6.1", "2.7.0", "3.0.0"]) {
    assert.deepEqual(messages(version), []);
  }
});
