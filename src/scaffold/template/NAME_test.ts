import assert from "node:assert/strict";
import { expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./NAME.ts";

Deno.test("no folder is made in the after_script", async () => {
  const expansion = await expand(seccompExpansion, { stage: "after_script" });
  assert.equal(simulate(expansion, "mkdirat", "AT_FDCWD").errno, "EPERM");
});

Deno.test("folders are made in the job's script", async () => {
  const expansion = await expand(seccompExpansion, { stage: "step_script" });
  assert.ok(simulate(expansion, "mkdirat", "AT_FDCWD").passes);
});
