import assert from "node:assert/strict";
import { ActAllow, ScmpFilter } from "jacamar-seccomp";
import { seccompExpansion } from "./mkdir.ts";

const context = {
  uid: 0,
  gid: 0,
  architecture: "x86_64",
  kernel: "6.1.0",
  libseccomp: { major: 2, minor: 5, micro: 4 },
  configuration: "/etc/jacamar.toml",
};

function rulesIn(stage: string): string[] {
  const filter = new ScmpFilter(ActAllow);
  seccompExpansion(filter, stage, { ...context, stage });
  const rules = filter.journal.rules.map(({ syscall, action }) =>
    `${syscall} ${action}`
  );
  filter.release();
  return rules;
}

Deno.test("mkdir is refused with EPERM in the after_script", () => {
  assert.deepEqual(rulesIn("after_script"), ["mkdir ActErrno(1)"]);
});

Deno.test("other stages are left alone", () => {
  assert.deepEqual(rulesIn("step_script"), []);
});
