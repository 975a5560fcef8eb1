import assert from "node:assert/strict";
import { travel } from "./fuzz_lane.ts";
import { LANES } from "./fuzz_lanes.ts";
import { describeFailure } from "./fuzz_report.ts";
import { compiled, fromSource } from "./program.ts";

const program = compiled.missing ? fromSource : compiled;

for (const lane of LANES) {
  Deno.test(`whatever it is given, nothing is run or it is filtered: ${lane.name}`, async () => {
    const tally = {};
    const failure = await travel(lane, {
      ...{ program, tally },
      seed: 5,
      cases: lane.few,
    });
    assert.ok(!failure, failure && describeFailure(failure));
  });
}
