import assert from "node:assert/strict";
import {
  ActAllow,
  ActErrno,
  CompareLess,
  CompareLessOrEqual,
  errno,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  ScmpFilter,
  type SeccompContext,
  type SeccompExpansion,
} from "jacamar-seccomp";
import { expand, simulate } from "jacamar-seccomp/testing";

const EPERM = ActErrno.setReturnCode(errno.EPERM);
const nothing: SeccompExpansion = () => {};
const noPtrace = (filter: ScmpFilter) =>
  filter.addRule(
    getSyscallFromName("ptrace"),
    ActErrno.setReturnCode(errno.ENOSYS),
  );

Deno.test("a plugin is told stage, user and context as exec tells them", async () => {
  let told: [string, SeccompContext] | undefined;
  await expand((_filter, stage, context) => {
    told = [stage, context];
  }, {
    stage: "get_sources",
    user: { uid: 1000, gid: 100 },
    context: { kernel: "5.14.0-503.el9" },
  });
  const [stage, context] = told ?? [];
  assert.equal(stage, "get_sources");
  assert.equal(context?.stage, "get_sources");
  assert.deepEqual(context?.user, { uid: 1000, gid: 100 });
  assert.equal(context?.kernel, "5.14.0-503.el9");
  assert.equal(context?.architecture, Deno.build.arch);
  assert.ok(Object.isFrozen(context));
});

Deno.test("without options the stage is step_script and the defaults hold", async () => {
  const expansion = await expand(nothing);
  assert.equal(expansion.stage, "step_script");
  assert.equal(expansion.rules().length, 2);
  const verdict = simulate(expansion, "ioctl", 0, "TIOCSTI");
  assert.equal(verdict.origin, "default: block_tty_injection");
  assert.ok(simulate(expansion, "ioctl", 0, "TCGETS").passes);
});

const poisoned = new Error();
Object.defineProperty(poisoned, "message", {
  get() {
    throw new Error("no message for you");
  },
});

const failures: [how: string, plugin: SeccompExpansion, message: string][] = [
  ["throws", () => fail(new Error("no")), "no"],
  ["rejects", () => Promise.reject(new Error("later")), "later"],
  ["returns an Error", () => new Error("returned"), "returned"],
  ["throws a text", () => fail("no"), 'it threw the string "no"'],
  ["throws nothing", () => fail(undefined), "it threw the undefined undefined"],
  [
    "throws what cannot be printed",
    () => fail(poisoned),
    "it threw a value that cannot be printed",
  ],
  [
    "misspells a call",
    () => void getSyscallFromName("mkdirs"),
    "could not resolve name to syscall: 'mkdirs'",
  ],
  [
    "adds a rule with the default action",
    (filter) => filter.addRule(getSyscallFromName("mkdirat"), ActAllow),
    "could not add the rule ActAllow for mkdirat: its action is the filter's default action (EACCES)",
  ],
  [
    "loads the filter",
    (filter) => filter.load(),
    "a plugin may not load the filter that it was given",
  ],
  [
    "releases the filter",
    (filter) => filter.release(),
    "a plugin may not release the filter that it was given",
  ],
  [
    "loads a filter of its own",
    () => new ScmpFilter(ActAllow).load(),
    "a plugin may not load a filter of its own",
  ],
];
for (const [how, plugin, message] of failures) {
  Deno.test(`a plugin that ${how} fails with its message`, async () => {
    await assert.rejects(expand(plugin, { origin: "p.ts" }), {
      name: "PluginError",
      plugin: "p.ts",
      message: `plugin error: ${message}`,
    });
  });
}

function fail(thrown: unknown): never {
  throw thrown;
}

/** What plugins in JavaScript may return, and types do not let them. */
const wrong: [what: string, returned: unknown, shown: string][] = [
  ["true", true, "the boolean true"],
  ["the filter's number of rules", 3, "the number 3"],
  ["a promise of a text", Promise.resolve("ok"), 'the string "ok"'],
  ["what only looks like an Error", { message: "no" }, "a object"],
];
for (const [what, returned, shown] of wrong) {
  Deno.test(`a plugin may not return ${what}`, async () => {
    const plugin = (() => returned) as SeccompExpansion;
    await assert.rejects(expand(plugin), {
      message: `plugin error: seccompExpansion returned ${shown}; ` +
        "it returns nothing, or an Error to fail the job",
    });
  });
}

Deno.test("what is no function is refused", async () => {
  const module = { seccompExpansion: nothing } as unknown as SeccompExpansion;
  await assert.rejects(expand(module), /the function that the plugin exports/);
});

Deno.test("an async plugin is waited for", async () => {
  const expansion = await expand(async (filter) => {
    await new Promise((done) => setTimeout(done, 1));
    noPtrace(filter);
  });
  assert.equal(simulate(expansion, "ptrace").errno, "ENOSYS");
});

Deno.test("what a plugin forgot to wait for counts if it counts for exec", async () => {
  const expansion = await expand((filter) => {
    void (async () => {
      for (let turn = 0; turn < 9; turn++) await turn;
      noPtrace(filter);
    })();
  });
  assert.equal(simulate(expansion, "ptrace").errno, "ENOSYS");
});

Deno.test("a filter that was kept is of no more use afterwards", async () => {
  let kept: ScmpFilter | undefined;
  await expand((filter) => {
    kept = filter;
  });
  assert.equal(kept?.isValid(), false);
  assert.throws(() => kept && noPtrace(kept), { code: "ESTALE" });
});

Deno.test("expansions do not know of each other", async () => {
  const [one, two] = await Promise.all([expand(noPtrace), expand(nothing)]);
  assert.equal(simulate(one, "ptrace").errno, "ENOSYS");
  assert.ok(simulate(two, "ptrace").passes);
  const own = new ScmpFilter(ActAllow);
  own.addRule(getSyscallFromName("ptrace"), EPERM);
  own.release();
});

Deno.test("a filter under which nothing could be started is refused", async () => {
  await assert.rejects(expand((filter) => filter.reset(EPERM)), {
    name: "StartError",
    message: /the default action ActErrno\(EPERM\) refuses execve/,
  });
});

/** Of which libseccomp 2.5.4 makes a program that forgets the second rule. */
function forgotten(filter: ScmpFilter, action: ScmpAction): void {
  const kill = getSyscallFromName("kill");
  filter.addRuleConditional(kill, action, [
    makeCondition(0, CompareLessOrEqual, 0),
    makeCondition(1, CompareLessOrEqual, 5),
  ]);
  filter.addRuleConditional(kill, action, [makeCondition(0, CompareLess, 5)]);
}

Deno.test("a program that libseccomp gets wrong is mended, as by exec", async () => {
  const expansion = await expand((filter) => forgotten(filter, EPERM));
  assert.equal(simulate(expansion, "kill", 0, 6).errno, "EPERM");
});

Deno.test("a wrong program that cannot be mended is refused and not simulated", async () => {
  const outcome = await expand((filter) => {
    filter.reset(EPERM);
    filter.addRule(getSyscallFromName("execve"), ActAllow);
    forgotten(filter, ActAllow);
  }).then(
    (expansion) => `${simulate(expansion, "kill", 0, 6)}`,
    ({ name }) => name,
  );
  // libseccomp 2.6.1 gets it right.
  assert.ok(["ProofError", "ActAllow"].includes(outcome), outcome);
});
