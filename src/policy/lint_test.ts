import assert from "node:assert/strict";
import { seccompExpansion } from "../../plugins/mkdir.ts";
import { journal, REFUSE, rule, surroundings } from "../../tests/lint_case.ts";
import { Scratch } from "../../tests/program.ts";
import {
  ActAllow,
  ActLog,
  ArchX86,
  getLibraryVersion,
  getNativeArch,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { attribute, conclude } from "../libseccomp/host.ts";
import { planRules } from "./plan.ts";
import { lint, type LintedFilter } from "./lint.ts";
import { loadPolicy } from "./policy.ts";
import { buildStack, journaled } from "./stack.ts";
import { effectiveUser } from "../launch/user.ts";

const native = getNativeArch();
const here = {
  ...surroundings,
  architecture: native,
  libseccomp: getLibraryVersion(),
};
const on = [native];

function say(
  filters: readonly LintedFilter[],
  where = here,
): string[] {
  return lint(filters, where)
    .filter(({ severity }) => severity !== "notice")
    .map(({ severity, message }) => `${severity}: ${message}`);
}

/** What there is to say about the filters of a configuration. */
async function sayOf(keys: string): Promise<string[]> {
  using scratch = new Scratch();
  const policy = await loadPolicy(scratch.config(keys));
  const stack = buildStack(await planRules(policy), policy, effectiveUser);
  return say(journaled(stack.conclude()));
}

Deno.test("there is nothing to say against the default policy", async () => {
  assert.deepEqual(await sayOf(""), []);
});

Deno.test("plugins/mkdir.ts leaves mkdirat open, and its file is named", () => {
  const filter = new ScmpFilter(ActAllow);
  attribute(filter, "plugin mkdir.ts");
  seccompExpansion(filter, "after_script", {
    stage: "after_script",
    uid: 0,
    gid: 0,
    architecture: native.name,
    kernel: "6.1.0",
    libseccomp: here.libseccomp,
    configuration: "/etc/jacamar.toml",
  });
  const findings = lint([conclude(filter)], here)
    .filter(({ severity }) => severity !== "notice");
  const message = Deno.build.arch === "x86_64"
    ? "mkdir is refused and mkdirat, which does the same, is not"
    : "mkdir does not exist on aarch64: its rule has no effect";
  assert.deepEqual(findings, [
    { severity: "warning", message, origins: ["plugin mkdir.ts"] },
  ]);
});

Deno.test("a filter that refuses execve keeps the driver from starting", () => {
  const refusing = (...rules: Parameters<typeof rule>[]) =>
    say([{
      journal: journal(rules.map((args) => rule(...args)), {
        architectures: on,
      }),
    }])[0];
  assert.match(
    refusing(["execve", REFUSE, { on, origin: "plugin a.ts" }]),
    /^problem: the driver could not be started: execve is refused with ActErrno\(EPERM\)$/,
  );
  const blockAll = journal([], { architectures: on, defaultAction: REFUSE });
  assert.match(
    say([{ journal: blockAll }])[0],
    /^problem: .* the default action ActErrno\(EPERM\) refuses execve/,
  );
  assert.equal(refusing(["execveat", REFUSE, { on }]), undefined);
  const elsewhere = [ArchX86];
  const lacking = journal([], { architectures: elsewhere });
  assert.match(
    say([{ journal: lacking }])[0],
    /^problem: .* the filter lacks /,
  );
  assert.doesNotMatch(
    refusing(["execve", REFUSE, { on: elsewhere }]),
    /^problem/,
  );
  assert.doesNotMatch(
    refusing(["execve", ActLog, { on }], ["execve", REFUSE, { on }]),
    /^problem/,
  );
});

Deno.test("who refuses execve is named", () => {
  const originsOf = (filter: LintedFilter) => {
    const [{ severity, origins }] = lint([filter], here);
    assert.equal(severity, "problem");
    return origins;
  };
  const refusing = journal([rule("execve", REFUSE, { on, origin: "a" })], {
    architectures: on,
  });
  assert.deepEqual(originsOf({ journal: refusing }), ["a"]);
  const blockAll = journal([], {
    architectures: on,
    defaultAction: REFUSE,
    defaultOrigin: "block_all",
  });
  assert.deepEqual(
    originsOf({ journal: blockAll }),
    ["block_all"],
  );
  const elsewhere = journal([], {
    architectures: [ArchX86],
    badArchOrigin: "plugin a.ts",
  });
  assert.deepEqual(
    originsOf({ journal: elsewhere }),
    ["plugin a.ts"],
  );
});

Deno.test("a policy that is tried out is told what it would do", async () => {
  const keys = 'block_calls = ["mkdir", "clone3"]\n';
  const enforced = await sayOf(keys);
  assert.notDeepEqual(enforced, []);
  assert.deepEqual(await sayOf(`mode = "log"\n${keys}`), enforced);
  const [refusal] = await sayOf('mode = "log"\nblock_calls = ["execve"]\n');
  assert.match(
    refusal,
    /^warning: with mode = "enforce" the driver could not be started: execve/,
  );
});

Deno.test("no_new_privs that is on already is told, unless it was asked for", () => {
  const of = (noNewPrivs: boolean | undefined, asksNoNewPrivs = false) =>
    say([{
      journal: journal([], { architectures: on, noNewPrivs }),
    }], { ...here, noNewPrivs: true, asksNoNewPrivs });
  assert.match(of(undefined).join(), /^warning: no_new_privs is on already/);
  assert.deepEqual(of(true), []);
  assert.deepEqual(of(undefined, true), []);
});

Deno.test("problems come first, notices last", () => {
  const all = journal([rule("ptrace", REFUSE, { on })], {
    architectures: on,
    defaultAction: REFUSE,
  });
  const libseccomp = { major: 2, minor: 5, micro: 4 };
  const severities = lint([{ journal: all }], {
    ...here,
    libseccomp,
    noNewPrivs: true,
  }).map(({ severity }) => severity);
  assert.deepEqual([...new Set(severities)], ["problem", "warning", "notice"]);
  assert.deepEqual(
    severities,
    [...severities].sort((a, b) =>
      ["problem", "warning", "notice"].indexOf(a) -
      ["problem", "warning", "notice"].indexOf(b)
    ),
  );
});
