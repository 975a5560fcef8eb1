import assert from "node:assert/strict";
import {
  compiled,
  hasSysAdmin,
  isRoot,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const STATUS = ["grep", "-E", "^(NoNewPrivs|Seccomp):", "/proc/self/status"];
const ORDINARY = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
];
const NO_SYS_ADMIN = hasSysAdmin ? undefined : "needs CAP_SYS_ADMIN";

function execArgs(config: string): string[] {
  return ["exec", "-u", "-c", config, "--stage", "x", "--", ...STATUS];
}

testEach("with CAP_SYS_ADMIN no_new_privs stays off", async (program) => {
  using scratch = new Scratch();
  const config = scratch.config();
  const { stdout } = await run(program, execArgs(config));
  assert.equal(stdout, "NoNewPrivs:\t0\nSeccomp:\t2\n");
}, NO_SYS_ADMIN);

testEach("no_new_privs = true sets it all the same", async (program) => {
  using scratch = new Scratch();
  const config = scratch.config("no_new_privs = true\n");
  const { stdout } = await run(program, execArgs(config));
  assert.equal(stdout, "NoNewPrivs:\t1\nSeccomp:\t2\n");
});

testEach(
  "no_new_privs that is on already is told to the system log, unless it is asked for",
  async (program) => {
    using scratch = new Scratch();
    const logged = async (keys: string) => {
      const log = scratch.file("system.log", "");
      const config = scratch.config(
        `${keys}[auth.logging]\nenabled = true\nlocation = "${log}"\n`,
      );
      const { stdout } = await run(program, execArgs(config), {
        wrapper: ["setpriv", "--no-new-privs"],
      });
      assert.equal(stdout, "NoNewPrivs:\t1\nSeccomp:\t2\n");
      return Deno.readTextFileSync(log);
    };
    assert.match(await logged(""), /no_new_privs is on already/);
    assert.doesNotMatch(await logged("no_new_privs = true\n"), /no_new_privs/);
  },
);

/**
 * `deno run` has no cache that another user may use; the executable needs none.
 */
const wrapper = isRoot ? ORDINARY : [];

testEach(
  "an ordinary user's job has the filter and no_new_privs",
  async (program) => {
    using scratch = new Scratch();
    const plugin = scratch.file(
      "plugin.ts",
      Deno.readTextFileSync("plugins/mkdir.ts"),
    );
    const config = scratch.config(`validation_plugin = "${plugin}"\n`);
    const { stdout, stderr } = await run(program, execArgs(config), {
      wrapper,
    });
    assert.deepEqual([stdout, stderr], ["NoNewPrivs:\t1\nSeccomp:\t2\n", ""]);
  },
  undefined,
  [compiled],
);

testEach(
  "an ordinary user without no_new_privs gets no job",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config("no_new_privs = false\n");
    const { code, stdout, stderr } = await run(program, execArgs(config), {
      wrapper,
    });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /no_new_privs is not to be set, and without it only a process with CAP_SYS_ADMIN/,
    );
  },
  undefined,
  [compiled],
);

testEach(
  "a filter that an outer one does not let in means no job",
  async (program) => {
    using scratch = new Scratch();
    const outer = scratch.file(
      "outer.toml",
      '[auth.seccomp]\nblock_calls = ["seccomp"]\n',
    );
    const inner = scratch.file("inner.toml", "[auth.seccomp]\n");
    const { code, stdout, stderr } = await run(program, [
      ...["exec", "-c", outer, "--stage", "x", "--"],
      ...program.command,
      ...execArgs(inner),
    ]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /could not load the filter: EPERM/);
  },
);
