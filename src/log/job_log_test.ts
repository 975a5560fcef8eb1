import assert from "node:assert/strict";
import { jobLine } from "./job_log.ts";

const message = {
  msg: "secret\n\x1b[31m/etc/path\u2028end",
  reference: "0123456789ab",
};

Deno.test("the obfuscated line tells nothing but the reference", () => {
  const line = jobLine({ ...message, unobfuscated: false });
  assert.match(
    line,
    /^jacamar-seccomp: system error, .* \(reference 0123456789ab\)\n$/,
  );
  assert.doesNotMatch(line, /secret|path/);
});

Deno.test("the unobfuscated one is one line too and drives no terminal", () => {
  const line = jobLine({
    ...message,
    unobfuscated: true,
    unlogged: "disk\nfull",
  });
  assert.equal(
    line,
    "jacamar-seccomp: secret [31m/etc/path end (reference 0123456789ab) [disk full]\n",
  );
});
