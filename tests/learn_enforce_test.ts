import assert from "node:assert/strict";
import { JOBS, missingFor, type RealJob } from "./learn_jobs.ts";
import {
  compiled,
  fromSource,
  type Program,
  type Result,
  run,
  Scratch,
  testUnless,
} from "./program.ts";

/** What is deployed, where it can be built. */
const program = compiled.missing ? fromSource : compiled;

/**
 * Runs a job's script behind some arguments of the program. The home is the
 * job's alone: `deno run` has its cache in its own.
 */
async function runJob(
  { script }: RealJob,
  scratch: Scratch,
  args: readonly string[],
  which: Program = program,
): Promise<Result> {
  const command = ["env", `HOME=${scratch.path}`, "/bin/sh", "-euc", script];
  return await run(which, [...args, "--", ...command], { cwd: scratch.path });
}

for (const job of JOBS) {
  testUnless(
    missingFor(job),
    `learned and then enforced: ${job.name}`,
    async () => {
      using scratch = new Scratch();
      await job.prepare(scratch);
      const passes = ({ code, stdout, stderr }: Result) => {
        assert.equal(code, 0, stderr);
        assert.match(stdout, job.says);
      };
      const learn = (output: string) =>
        runJob(job, scratch, ["learn", "--merge", "--output", output]);
      const enforce = (configuration: string) =>
        runJob(job, scratch, [
          ...["exec", "-c", configuration, "--stage", "step_script", "-u"],
        ]);
      const first = await learn("policy.toml");
      passes(first);
      assert.equal(first.stderr, "");
      const policy = Deno.readTextFileSync(`${scratch.path}/policy.toml`);
      for (const call of job.calls) {
        assert.match(policy, new RegExp(`^  "${call}", +# `, "m"));
      }
      passes(await enforce("policy.toml"));

      passes(await learn("policy.ts"));
      const configuration = scratch.config('validation_plugin = "policy.ts"\n');
      passes(await enforce(configuration));

      const other: RealJob = { ...job, script: "unshare --user true" };
      for (const each of ["policy.toml", configuration]) {
        const args = ["exec", "-c", each, "--stage", "step_script"];
        const { code, stderr } = await runJob(other, scratch, args);
        assert.notEqual(code, 0);
        assert.match(stderr, /unshare failed: Operation not permitted/);
      }
    },
  );
}
