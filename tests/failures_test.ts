import assert from "node:assert/strict";
import { failingCases } from "./failures.ts";
import { policyFailures } from "./failures_policy.ts";
import { run, Scratch, testEach } from "./program.ts";

const DEFAULT_ARGS = [
  "-c",
  "CONFIG",
  "--",
  "DRIVER",
  "run",
  "script",
  "after_script",
];

for (const failing of [...failingCases, ...policyFailures]) {
  testEach(
    `no job and the system-failure code: ${failing.name}`,
    async (program) => {
      using scratch = new Scratch();
      const folder = scratch.path;
      const marker = `${folder}/driver-was-run`;
      const driver = scratch.file("driver", `#!/bin/sh\n: >${marker}\n`, 0o755);
      const fill = (text: string) =>
        text.replaceAll("FOLDER", folder).replaceAll("DRIVER", driver)
          .replaceAll("CONFIG", `${folder}/jacamar.toml`);
      let configuration = failing.config ?? "";
      if (failing.plugin) {
        const { name, text } = typeof failing.plugin === "string"
          ? { name: "plugin.ts", text: failing.plugin }
          : failing.plugin;
        scratch.file(name, text);
        // Only who is to run out of time gets little of it.
        const timeout = failing.says.source === "plugin_timeout"
          ? "400ms"
          : "1m";
        configuration =
          `[auth.seccomp]\nvalidation_plugin = "${name}"\nplugin_timeout = "${timeout}"\n`;
      }
      scratch.file(
        "jacamar.toml",
        typeof configuration === "string" ? fill(configuration) : configuration,
      );
      using _held = failing.prepare?.(folder) ?? undefined;
      const args = (failing.args ?? DEFAULT_ARGS).map(fill);
      const env = Object.fromEntries(
        Object.entries(failing.env ?? {}).map((
          [name, value],
        ) => [name, fill(value)]),
      );

      const plain = await run(program, ["exec", ...args], { cwd: folder, env });
      assert.equal(plain.code, 2, `exit code; ${plain.stderr}`);
      assert.equal(plain.signal, null);
      assert.equal(plain.stdout, "");
      if (!args.includes("--help")) {
        assert.match(
          plain.stderr,
          /^jacamar-seccomp: system error, the job was not run; [^\n/']+\n$/,
        );
      }

      const told = await run(program, ["exec", "-u", ...args], {
        cwd: folder,
        env: { ...env, SYSTEM_FAILURE_EXIT_CODE: "77" },
      });
      assert.equal(told.code, 77, `exit code; ${told.stderr}`);
      assert.equal(told.stdout, "");
      const lines = told.stderr.trimEnd().split("\n");
      assert.match(lines[lines.length - 1], failing.says);
      assert.throws(() => Deno.statSync(marker), Deno.errors.NotFound);
    },
  );
}

testEach(
  "an unusable SYSTEM_FAILURE_EXIT_CODE counts as none",
  async (program) => {
    const codes = {
      "0": 2,
      "": 2,
      abc: 2,
      "-1": 2,
      "256": 2,
      "1.5": 2,
      "1": 1,
      "255": 255,
    };
    for (const [value, expected] of Object.entries(codes)) {
      const { code } = await run(program, ["exec"], {
        env: { SYSTEM_FAILURE_EXIT_CODE: value },
      });
      assert.equal(code, expected, value);
    }
  },
);
