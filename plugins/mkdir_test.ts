import assert from "node:assert/strict";
import { expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./mkdir.ts";

/** aarch64 has mkdirat alone. */
const ignore = Deno.build.arch === "aarch64";

Deno.test("mkdir is refused in the after_script", { ignore }, async () => {
  const expansion = await expand(seccompExpansion, { stage: "after_script" });
  assert.equal(simulate(expansion, "mkdir").errno, "EPERM");
});

Deno.test("mkdir is left alone in the job's script", { ignore }, async () => {
  const expansion = await expand(seccompExpansion, { stage: "step_script" });
  assert.ok(simulate(expansion, "mkdir").passes);
});

Deno.test("the default rules stay as they are", async () => {
  const expansion = await expand(seccompExpansion, { stage: "after_script" });
  assert.equal(simulate(expansion, "ioctl", 0, "TIOCSTI").errno, "EPERM");
});
