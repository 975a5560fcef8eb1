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
  type Journal,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { attribute, conclude } from "../libseccomp/host.ts";
import { buildFilter } from "./build.ts";
import { planRules } from "./plan.ts";
import { lint } from "./lint.ts";
import { loadPolicy } from "./policy.ts";

const native = getNativeArch();
const here = {
  ...surroundings,
  architecture: native,
  libseccomp: getLibraryVersion(),
};
const SMALL = new Uint8Array(8);
const on = [native];

function say(
  filters: readonly { journal: Journal; program: Uint8Array }[],
  where = here,
): string[] {
  return lint(filters, where)
    .filter(({ severity }) => severity !== "notice")
    .map(({ severity, message }) => `${severity}: ${message}`);
}

/** What there is to say about the filter of a configuration. */
async function sayOf(toml: string): Promise<string[]> {
  using scratch = new Scratch();
  const policy = await loadPolicy(scratch.file("jacamar.toml", toml));
  return say([conclude(buildFilter(await planRules(policy)))]);
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
      program: SMALL,
    }])[0];
  assert.match(
    refusing(["execve", REFUSE, { on, origin: "plugin a.ts" }]),
    /^problem: the driver could not be started: execve is refused with ActErrno\(EPERM\) by plugin a\.ts$/,
  );
  const blockAll = journal([], { architectures: on, defaultAction: REFUSE });
  assert.match(
    say([{ journal: blockAll, program: SMALL }])[0],
    /^problem: .* the default action ActErrno\(EPERM\) refuses execve/,
  );
  assert.equal(refusing(["execveat", REFUSE, { on }]), undefined);
  const elsewhere = [ArchX86];
  const lacking = journal([], { architectures: elsewhere });
  assert.match(
    say([{ journal: lacking, program: SMALL }])[0],
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

Deno.test("a program with more than 4096 instructions cannot be loaded", () => {
  const of = (instructions: number) =>
    say([{
      journal: journal([], { architectures: on }),
      program: new Uint8Array(instructions * 8),
    }]);
  assert.deepEqual(of(4096), []);
  assert.deepEqual(of(4097), [
    "problem: the filter has 4097 instructions, the kernel takes 4096",
  ]);
});

Deno.test("no_new_privs that is on already is told, unless it was asked for", () => {
  const of = (noNewPrivs: boolean | undefined) =>
    say([{
      journal: journal([], { architectures: on, noNewPrivs }),
      program: SMALL,
    }], { ...here, noNewPrivs: true });
  assert.match(of(undefined).join(), /^warning: no_new_privs is on already/);
  assert.deepEqual(of(true), []);
});

Deno.test("problems come first, notices last", () => {
  const all = journal([rule("ptrace", REFUSE, { on })], {
    architectures: on,
    defaultAction: REFUSE,
  });
  const libseccomp = { major: 2, minor: 5, micro: 4 };
  const severities = lint([{ journal: all, program: SMALL }], {
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
