import assert from "node:assert/strict";
import { doctor, follow } from "./doctor.ts";
import { run, Scratch, testEach } from "./program.ts";

testEach(
  "a configuration and a plugin that others can write are problems, mended by what is told",
  async (program) => {
    using scratch = new Scratch();
    const plugin = scratch.file(
      "plugin.ts",
      Deno.readTextFileSync("plugins/mkdir.ts"),
    );
    const config = scratch.config('validation_plugin = "plugin.ts"\n');
    for (const [file, name] of [[config, "file"], [plugin, "plugin"]]) {
      Deno.chmodSync(file, 0o666);
      const report = await doctor(program, ["-c", config]);
      assert.equal(report.worst, "problem");
      assert.match(
        report.of("configuration", name),
        /^problem: .*may be changed by everybody \(mode 0666\)$/,
      );
      follow(report.mend("configuration", name));
      const mended = await doctor(program, ["-c", config]);
      assert.match(mended.of("configuration", name), /^ok: /);
    }
  },
);

testEach(
  "a configuration is examined as check would do it",
  async (program) => {
    using scratch = new Scratch();
    const report = (keys: string) =>
      doctor(program, ["-c", scratch.config(keys)]);

    const good = await report("");
    assert.match(
      good.of("filters", "stages"),
      /^ok: \d+ stages: every filter /,
    );

    const slip = await report("block_call = []\n");
    assert.match(
      slip.of("configuration", "file"),
      /^problem: .*:2: unknown key/,
    );
    assert.equal(slip.of("filters", "stages"), "undefined: undefined");

    const unknown = await report('block_calls = ["mkdirs"]\n');
    assert.equal(
      unknown.of("filters", "stages"),
      "problem: 0 stages: 1 problem",
    );
    assert.match(
      unknown.mend("filters", "stages"),
      /^jacamar-seccomp check -c \//,
    );

    const open = await report('block_calls = ["mkdir"]\n');
    assert.match(
      open.of("filters", "stages"),
      /^warning: \d+ stages: 1 warning$/,
    );

    const digest = "0".repeat(64);
    scratch.file("plugin.js", "export function seccompExpansion() {}");
    const other = await report(
      `validation_plugin = "plugin.js"\nvalidation_plugin_sha256 = "${digest}"\n`,
    );
    assert.match(
      other.of("configuration", "plugin"),
      /^problem: .*SHA-256 digest/,
    );

    const disabled = await report("disabled = true\n");
    assert.match(
      disabled.of("configuration", "mode"),
      /^warning: .*without a filter/,
    );

    const missing = await doctor(program, ["-c", `${scratch.path}/none.toml`]);
    assert.match(
      missing.of("configuration", "file"),
      /^problem: .*no such file/,
    );
  },
);

testEach(
  "the log is looked at and not made",
  async (program) => {
    using scratch = new Scratch();
    const log = async (location: string, keys = "") => {
      const config = scratch.config(
        `${keys}[auth.logging]\nenabled = true\nlocation = "${location}"\n`,
      );
      const report = await doctor(program, ["-c", config]);
      return report.of("configuration", "log");
    };
    const file = `${scratch.path}/system.log`;
    assert.equal(await log(file), `ok: ${file}`);
    assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
    const lost = `${scratch.path}/none/system.log`;
    assert.match(await log(lost), /^warning: .*no such file/);
    assert.match(await log(lost, "disabled = true\n"), /^problem: /);
    Deno.linkSync(scratch.file("other", ""), file);
    assert.match(await log(file), /^warning: .*has other names/);
  },
);

testEach(
  "without libseccomp a configuration's filters cannot be made, and that is told",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("libseccomp.so.2", "no library");
    const config = scratch.config();
    const report = await doctor(program, ["-c", config], {
      env: { LD_LIBRARY_PATH: scratch.path },
    });
    assert.match(
      report.of("libseccomp", "version"),
      /^problem: could not open/,
    );
    assert.match(report.of("configuration", "file"), /^ok: /);
    assert.match(report.of("filters", "stages"), /^problem: could not open/);
  },
);

testEach(
  "a plugin that ends the process does not make its machine look good",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      "export function seccompExpansion() { Deno.exit(0); }",
    );
    const config = scratch.config('validation_plugin = "plugin.js"\n');
    const { code, stdout, stderr } = await run(program, [
      ...["doctor", "-c", config],
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /^configuration\n {2}ok/m);
    assert.match(stderr, /plugin error: .*ended the process/);
  },
);
