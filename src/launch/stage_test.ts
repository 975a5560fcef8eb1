import assert from "node:assert/strict";
import { inferStage } from "./stage.ts";

const CASES: readonly [args: string, stage: string | undefined][] = [
  ["config", "config_exec"],
  ["-u prepare", "prepare_exec"],
  ["--configuration /etc/jacamar.toml cleanup", "cleanup_exec"],
  ["run /builds/script after_script", "after_script"],
  ["--unobfuscated run /builds/script step_anything", "step_anything"],
  ["run script cleanup", undefined],
  ["run run run", "run"],
  ["", undefined],
  ["status", undefined],
  ["run", undefined],
  ["run script", undefined],
  ["run script step extra", undefined],
  ["run script -u", undefined],
  ["run prepare", undefined],
  ["-m run --configuration=x prepare", undefined],
  ["config extra", undefined],
  ["toString", undefined],
];

Deno.test("the stage follows from what the runner appends, and is never guessed", () => {
  for (const [args, stage] of CASES) {
    assert.equal(inferStage(args.split(" ").filter(Boolean)), stage, args);
  }
  assert.equal(inferStage(["run", "script", ""]), undefined);
});
