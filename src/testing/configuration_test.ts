import assert from "node:assert/strict";
import { ActLog, type SeccompExpansion } from "jacamar-seccomp";
import { expand, type ExpandOptions, simulate } from "jacamar-seccomp/testing";

const nothing: SeccompExpansion = () => {};

/** What becomes of a call under a configuration, and at whose wish. */
async function told(
  configuration: ExpandOptions["configuration"],
  call: string,
  ...args: (number | string)[]
): Promise<string> {
  const verdict = simulate(
    await expand(nothing, { configuration }),
    call,
    ...args,
  );
  return `${verdict} ${verdict.origin}`;
}

Deno.test("a configuration may be keys as text or as an object, or a whole file", async () => {
  const keys = 'block_calls = ["mount"]\nerrno = "EACCES"\n';
  for (
    const configuration of [
      keys,
      { block_calls: ["mount"], errno: "EACCES" },
      `[general]\nname = "jacamar"\n[auth.seccomp]\n${keys}`,
      { auth: { seccomp: { block_calls: ["mount"], errno: "EACCES" } } },
    ]
  ) {
    assert.equal(
      await told(configuration, "mount"),
      "ActErrno(EACCES) block_calls[0]",
    );
  }
});

Deno.test("with block_all only what is listed passes", async () => {
  const configuration = 'block_all = true\nallow_calls = ["execve", "read"]';
  assert.equal(await told(configuration, "read"), "ActAllow allow_calls[1]");
  assert.equal(await told(configuration, "write"), "ActErrno(EPERM) block_all");
});

Deno.test("what is configured for a stage holds in that stage", async () => {
  const configuration = '[stages.after_script]\nblock_calls = ["mount"]';
  for (
    const [stage, passes] of [["after_script", false], ["x", true]] as const
  ) {
    const expansion = await expand(nothing, { stage, configuration });
    assert.equal(simulate(expansion, "mount").passes, passes);
  }
});

Deno.test("limit_setuid leaves the ids of the user, or else those of the context", async () => {
  const configuration = { limit_setuid: true };
  const user = { uid: 1000, gid: 100 };
  const expansion = await expand(nothing, { configuration, user });
  assert.ok(simulate(expansion, "setuid", 1000).passes);
  const refused = simulate(expansion, "setuid", 0);
  assert.deepEqual(
    [refused.errno, refused.filter, refused.origin, refused.rule],
    ["EPERM", "limit_setuid", "limit_setuid", undefined],
  );
  const context = { uid: 7, gid: 8 };
  const without = await expand(nothing, { configuration, context });
  assert.ok(simulate(without, "setgid", 8).passes);
  assert.equal(simulate(without, "setgid", 100).errno, "EPERM");
});

Deno.test("an id that is none is refused", async () => {
  for (const uid of [-1, 1.5, 2 ** 32 - 1]) {
    await assert.rejects(
      expand(nothing, { user: { uid, gid: 0 } }),
      /an id is one from 0 to 4294967294, not/,
    );
  }
});

Deno.test("enforce_defaults keeps what a plugin drops with its filter", async () => {
  const plugin: SeccompExpansion = (filter) => filter.reset(ActLog);
  for (const enforce_defaults of [false, true]) {
    const configuration = { enforce_defaults, block_calls: ["mount"] };
    const expansion = await expand(plugin, { configuration });
    assert.ok(expansion.journal.isReplaced);
    const verdict = simulate(expansion, "mount");
    assert.deepEqual(
      [`${verdict}`, verdict.filter, verdict.origin],
      enforce_defaults
        ? ["ActErrno(EPERM)", "enforce_defaults", "block_calls[0]"]
        : ["ActLog", "filter", "plugin"],
    );
  }
});

Deno.test('with mode = "log" what would be refused passes, and the journal says what was asked for', async () => {
  const configuration = 'mode = "log"\nblock_calls = ["mount"]';
  const expansion = await expand(nothing, { configuration });
  const verdict = simulate(expansion, "mount");
  assert.deepEqual(
    [`${verdict}`, verdict.passes, verdict.origin],
    ["ActLog", true, "block_calls[0]"],
  );
  assert.equal(`${verdict.rule?.action}`, "ActLog");
  assert.equal(`${expansion.rules("mount")[0].action}`, "ActErrno(1)");
});

Deno.test("a profile is read for the kernel of the context, from where the configuration pretends to be", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "jacamar-seccomp-" });
  try {
    Deno.writeTextFileSync(
      `${folder}/profile.json`,
      JSON.stringify({
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{
          names: ["bpf"],
          action: "SCMP_ACT_ERRNO",
          includes: { minKernel: "5.8" },
        }],
      }),
    );
    const bpf = async (kernel: string) =>
      simulate(
        await expand(nothing, {
          configuration: { profile: "profile.json" },
          context: { kernel, configuration: `${folder}/jacamar.toml` },
        }),
        "bpf",
      );
    assert.ok((await bpf("4.18.0-553.el8")).passes);
    const refused = await bpf("5.14.0");
    assert.equal(refused.errno, "EPERM");
    assert.equal(refused.origin, `profile ${folder}/profile.json syscalls[0]`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

const slips: [
  what: string,
  configuration: string | Record<string, unknown>,
  RegExp,
][] = [
  [
    "a misspelt key in a text, with its line",
    '\nblock_call = ["mount"]',
    /^\/etc\/jacamar\/jacamar\.toml:2: unknown key "block_call" in \[auth\.seccomp\], did you mean "block_calls"\?$/,
  ],
  [
    "a misspelt key in a whole file, with its line",
    '[auth.seccomp]\nmode = "log"\nblock_call = ["mount"]',
    /jacamar\.toml:3: unknown key "block_call"/,
  ],
  [
    "a misspelt key in an object",
    { block_call: ["mount"] },
    /^\/etc\/jacamar\/jacamar\.toml: unknown key "block_call"/,
  ],
  [
    "a misspelt call, with its line",
    'mode = "log"\nblock_calls = [\n"mounts"]',
    /jacamar\.toml:3: block_calls: could not resolve name to syscall: 'mounts', did you mean "mount"\?$/,
  ],
  [
    "a text that is no TOML",
    "block_calls =",
    /jacamar\.toml:1: not valid TOML/,
  ],
  ["a contradiction", 'allow_calls = ["read"]', /allow_calls does nothing/],
  [
    "a list",
    ["mount"] as unknown as Record<string, unknown>,
    /must be one table/,
  ],
];
for (const [what, configuration, message] of slips) {
  Deno.test(`a configuration is refused for ${what}`, async () => {
    await assert.rejects(expand(nothing, { configuration }), {
      name: "ConfigurationError",
      message,
    });
  });
}

Deno.test("a configuration that is disabled calls no plugin", async () => {
  await assert.rejects(
    expand(nothing, { configuration: "disabled = true" }),
    /disabled: it calls no plugin/,
  );
});

Deno.test("the plugins that a configuration names are not called", async () => {
  const configuration = 'validation_plugin = "/nowhere/plugin.ts"';
  assert.ok(
    simulate(await expand(nothing, { configuration }), "mount").passes,
  );
});
