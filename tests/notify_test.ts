/**
 * What comes of a call that a filter notifies of, asked of the kernel.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SCENARIOS } from "./notify_child.ts";
import { missingAbi } from "./probe.ts";
import { type Program, run, testUnless } from "./program.ts";

const child: Program = {
  name: "a scenario",
  command: [
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-check",
    "--cached-only",
    new URL("notify_child.ts", import.meta.url).pathname,
  ],
};

/** A listener that does not listen would make its target wait for good. */
const wrapper = ["timeout", "--signal=KILL", "60"];

const NEEDS: Readonly<Record<string, string | undefined>> = {
  "a call by int 0x80 is one of x86": missingAbi("x86"),
  "a call with the x32 bit is one of x32": missingAbi("x32"),
};

for (const name of Object.keys(SCENARIOS)) {
  testUnless(NEEDS[name], `notification: ${name}`, async () => {
    const result = await run(child, [name], {
      wrapper,
      env: { NO_COLOR: "1" },
    });
    assert.deepEqual(result, {
      code: 0,
      signal: null,
      stdout: "done\n",
      stderr: "",
    });
  });
}
