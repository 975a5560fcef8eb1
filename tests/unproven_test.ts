/**
 * That a filter of which libseccomp makes a wrong program, and nothing can be
 * put in its place, is told of wherever somebody may look for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { decode } from "../src/bpf/program.ts";
import { findCounterexample } from "../src/bpf/prove.ts";
import { conclude } from "../src/libseccomp/host.ts";
import { meaningOf } from "../src/libseccomp/meaning.ts";
import { run, Scratch, testEach } from "./program.ts";
import { tell } from "./rule_set.ts";

/** A plugin that allows execve, and getuid on two conditions. */
const allowing = (second: string) =>
  `import { ActAllow, ActErrno, CompareGreater, CompareLess, CompareLessOrEqual, errno, getSyscallFromName, makeCondition } from "jacamar-seccomp";
export function seccompExpansion(filter) {
  filter.reset(ActErrno.setReturnCode(errno.EACCES));
  filter.addRule(getSyscallFromName("execve"), ActAllow);
  const getuid = getSyscallFromName("getuid");
  filter.addRuleConditional(getuid, ActAllow, [makeCondition(0, CompareLessOrEqual, 0)]);
  filter.addRuleConditional(getuid, ActAllow, [makeCondition(0, ${second})]);
}`;

/** Why the test has nothing to say, where a later libseccomp has learned it. */
function rightMade(condition: string): string | undefined {
  const allow = (...when: string[]) =>
    ({ call: "getuid", action: "Allow", when }) as const;
  const { filter } = tell({
    default: "Errno(13)",
    rules: [allow("arg0 <= 0x0"), allow(condition)],
  });
  const { journal, program } = conclude(filter);
  return findCounterexample(meaningOf(journal), [decode(program)])
    ? undefined
    : "this libseccomp makes a right program";
}

/** Filters of which libseccomp makes wrong programs. */
const WRONG = [
  {
    name: "opened",
    plugin: allowing("CompareGreater, 2n ** 32n"),
    missing: rightMade("arg0 > 0x100000000"),
    reason:
      /wrong and was not loaded: getuid\(0x2\) on \S+ gets ActAllow; asked for is ActErrno\(EACCES\), the default action/,
  },
  {
    name: "closed",
    plugin: allowing("CompareLess, 2n ** 32n + 5n"),
    missing: rightMade("arg0 < 0x100000005"),
    reason:
      /wrong and was not loaded: getuid\(0x2\) on \S+ gets ActErrno\(EACCES\); asked for is ActAllow, by rule/,
  },
];

for (const { name, plugin, missing, reason } of WRONG) {
  testEach(
    `a filter that libseccomp has ${name} is not loaded, and the system log has the call`,
    async (program) => {
      using scratch = new Scratch();
      const file = scratch.file("plugin.js", plugin);
      const log = scratch.file("system.log", "");
      const marker = `${scratch.path}/driver-was-run`;
      const driver = scratch.file("driver", `#!/bin/sh\n: >${marker}\n`, 0o755);
      const config = scratch.config(
        `validation_plugin = "plugin.js"\n[auth.logging]\nenabled = true\nlocation = "${log}"\n`,
      );
      const { code, stdout, stderr } = await run(program, [
        ...["exec", "-c", config, "--", driver, "prepare"],
      ], { env: { SYSTEM_FAILURE_EXIT_CODE: "77" } });
      assert.deepEqual([code, stdout], [77, ""]);
      assert.throws(() => Deno.statSync(marker), Deno.errors.NotFound);
      // The job's author learns nothing about the filter.
      assert.doesNotMatch(stderr, /getuid/);
      const lines = Deno.readTextFileSync(log).trim().split("\n")
        .map((line) => JSON.parse(line));
      const record = lines.find(({ level }) => level === "error");
      assert.match(record?.msg, reason);
      assert.ok(JSON.stringify(record).includes(file));
    },
    missing,
  );

  testEach(
    `check says so of a filter that libseccomp has ${name}`,
    async (program) => {
      using scratch = new Scratch();
      const file = scratch.file("plugin.js", plugin);
      const config = scratch.config('validation_plugin = "plugin.js"\n');
      const args = ["check", "-c", config, "--stage", "x", "--json"];
      const { code, stdout } = await run(program, args);
      assert.equal(code, 1);
      const { stages: [{ filters, findings }] } = JSON.parse(stdout);
      assert.deepEqual(filters, []);
      const [{ severity, message, origins }] = findings;
      assert.equal(severity, "problem");
      assert.match(message, reason);
      assert.deepEqual(origins, [`plugin ${file}`]);
    },
    missing,
  );
}
