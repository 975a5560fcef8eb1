import assert from "node:assert/strict";
import { describeEffect, isCarriedOut } from "./effect.ts";

const CASES: readonly [
  action: number,
  isCarriedOut: boolean,
  effect: RegExp,
][] = [
  [0x7fff_0000, true, /^the call is carried out$/],
  [0x7ffc_0000, true, /carried out, and logged/],
  [0x7ff0_0001, false, /tracer decides; without one .* ENOSYS/],
  [0x7fc0_0000, false, /supervisor decides; without one .* ENOSYS/],
  [0x0005_0001, false, /fails with EPERM/],
  [0x0005_0000, false, /does nothing, and returns 0/],
  [0x0005_0fff, false, /fails with errno 4095$/],
  [0x0005_1000, false, /fails with errno 4095: no higher one/],
  [0x0003_0000, false, /not carried out, and its thread gets SIGSYS/],
  [0x0000_0000, false, /thread is killed/],
  [0x8000_0000, false, /process is killed/],
  // What the kernel does not know, it kills for.
  [0x7ffe_0000, false, /process is killed/],
  [0x0001_0000, false, /process is killed/],
];

Deno.test("what a caller sees of an action is what the kernel does", () => {
  for (const [action, isExpected, effect] of CASES) {
    assert.match(describeEffect(action), effect);
    assert.equal(isCarriedOut(action), isExpected, describeEffect(action));
  }
});
