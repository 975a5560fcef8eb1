import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { faultAttacks } from "./attack_faults.ts";
import { fileAttacks } from "./attack_files.ts";
import { jobAttacks } from "./attack_jobs.ts";
import { pluginAttacks } from "./attack_plugins.ts";
import { surroundingAttacks } from "./attack_surroundings.ts";
import { testEach } from "./program.ts";

const attacks: readonly Attack[] = [
  ...fileAttacks,
  ...jobAttacks,
  ...pluginAttacks,
  ...surroundingAttacks,
  ...faultAttacks,
];

for (const { promise, name, missing, programs, attack } of attacks) {
  testEach(`attack ${promise}: ${name}`, attack, missing, programs);
}

Deno.test("every promise of docs/security.md is attacked, and every attack is on one", () => {
  const page = Deno.readTextFileSync(
    new URL("../docs/security.md", import.meta.url),
  );
  const promises = [...page.matchAll(/^\| ([FJPSU]\d+) /gm)].map(([, id]) =>
    id
  );
  assert.deepEqual(
    [...new Set(attacks.map(({ promise }) => promise))].sort(),
    promises.sort(),
  );
  assert.ok(attacks.length >= 80, `${attacks.length} attacks`);
});
