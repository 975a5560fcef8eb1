import assert from "node:assert/strict";
import {
  compiled,
  fromSource,
  type Program,
  run,
  Scratch,
  testEach,
  testUnless,
} from "./program.ts";

const ENV = { NO_COLOR: "1" };

function deno(...command: string[]): Program {
  return {
    ...fromSource,
    name: "deno",
    command: [Deno.execPath(), ...command],
  };
}

/** The files of a folder, each with its text. */
function listing(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name } of Deno.readDirSync(folder)) {
    files[name] = Deno.readTextFileSync(`${folder}/${name}`);
  }
  return files;
}

const FILES = [
  "README.md",
  "deno.json",
  "jacamar-seccomp.d.ts",
  "jacamar.toml",
  "no-folders.ts",
  "no-folders_test.ts",
];

testEach(
  "a new plugin passes its test, is found good, and refuses",
  async (program) => {
    using scratch = new Scratch();
    const cwd = scratch.path;
    const made = await run(program, ["plugin", "new", "no-folders"], { cwd });
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    const folder = `${cwd}/no-folders`;
    const files = Object.keys(listing(folder));
    const library = program === compiled ? ["jacamar-seccomp.js"] : [];
    assert.deepEqual(files.sort(), [...FILES, ...library].sort());
    const told = made.stdout.split("\n").map((line) => line.split("  ")[0]);
    assert.deepEqual(
      told.filter(Boolean).map((path) => path.slice("no-folders/".length))
        .sort(),
      files,
    );

    const test = await run(deno("test", "--allow-ffi"), [], {
      cwd: folder,
      env: ENV,
    });
    assert.equal(test.code, 0, test.stdout + test.stderr);
    assert.match(test.stdout, /ok \| 2 passed \| 0 failed/);
    assert.match(test.stderr, /^Check no-folders_test\.ts$/m);

    const config = `${folder}/jacamar.toml`;
    const check = await run(program, ["check", "-c", config]);
    assert.deepEqual([check.code, check.stderr], [0, ""], check.stdout);
    for (const [stage, code] of [["after_script", 1], ["step_script", 0]]) {
      const mkdir = await run(program, [
        ...["exec", "-c", config, "--stage", `${stage}`],
        ...["--", "mkdir", `${cwd}/test`],
      ]);
      assert.equal(mkdir.code, code, mkdir.stderr);
    }
  },
);

testUnless(
  compiled.missing,
  "a new plugin of the executable needs nothing else for its test, and Deno finds nothing to mend in it",
  async () => {
    using scratch = new Scratch();
    const cwd = `${scratch.path}/p`;
    const args = ["plugin", "new", "p"];
    assert.equal((await run(compiled, args, { cwd: scratch.path })).code, 0);
    // An empty cache, and no network.
    const env = { ...ENV, DENO_DIR: `${scratch.path}/cache` };
    for (
      const command of [
        ["test", "--no-remote", "--no-npm", "--allow-ffi"],
        ["check", "--no-remote", "--no-npm", "."],
        ["fmt", "--check"],
        ["lint"],
      ]
    ) {
      const { code, stdout, stderr } = await run(deno(...command), [], {
        cwd,
        env,
      });
      assert.equal(code, 0, command[0] + stdout + stderr);
    }
  },
);

testEach(
  "what plugin new writes others cannot change, whatever the umask",
  async (program) => {
    for (const umask of ["000", "077"]) {
      using scratch = new Scratch();
      const wrapper = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
      const folder = `${scratch.path}/p`;
      const args = ["plugin", "new", "p", "--folder", folder];
      assert.equal((await run(program, args, { wrapper })).code, 0);
      const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o7777;
      assert.equal(mode(folder), 0o755);
      for (const name of Object.keys(listing(folder))) {
        assert.equal(mode(`${folder}/${name}`), 0o644, name);
      }
    }
  },
);

testEach("plugin new adds to a folder that exists", async (program) => {
  using scratch = new Scratch();
  scratch.file("notes.txt", "mine");
  const { path } = scratch;
  const args = ["plugin", "new", "p", "--folder", path];
  assert.equal((await run(program, args)).code, 0);
  assert.equal(Deno.readTextFileSync(`${path}/notes.txt`), "mine");
  assert.match(Deno.readTextFileSync(`${path}/p_test.ts`), /"\.\/p\.ts"/);
});

testEach(
  "plugin new overwrites nothing, and then leaves nothing behind",
  async (program) => {
    for (const taken of ["p.ts", "README.md", "jacamar-seccomp.d.ts"]) {
      using scratch = new Scratch();
      const { path } = scratch;
      const target = scratch.file("target", "");
      Deno.symlinkSync(target, `${path}/${taken}`);
      const args = ["plugin", "new", "p", "--folder", path];
      const { code, stdout, stderr } = await run(program, args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.equal(
        stderr,
        `jacamar-seccomp: could not make ${path}/${taken}: EEXIST; nothing was written\n`,
      );
      assert.deepEqual(listing(path), { target: "", [taken]: "" });
    }
  },
);

testEach(
  "where plugin new cannot write, it says so and leaves nothing behind",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("file", "");
    const cases: [folder: string, why: RegExp][] = [
      ["file", /could not make file\/p\.ts: ENOTDIR; nothing was written/],
      ["missing/p", /could not make missing\/p: ENOENT; nothing was written/],
    ];
    for (const [folder, why] of cases) {
      const args = ["plugin", "new", "p", "--folder", folder];
      const { code, stderr } = await run(program, args, { cwd: scratch.path });
      assert.equal(code, 2);
      assert.match(stderr, why);
    }
    // No file may grow beyond 1 KiB: the types do not fit, what comes before does.
    const wrapper = ["sh", "-c", 'trap "" XFSZ; ulimit -f 2; exec "$@"', "sh"];
    const args = ["plugin", "new", "p"];
    const cut = await run(program, args, { cwd: scratch.path, wrapper });
    assert.equal(cut.code, 2);
    assert.match(
      cut.stderr,
      /could not write p\/jacamar-seccomp\.d\.ts: EFBIG/,
    );
    assert.deepEqual(listing(scratch.path), { file: "" });
  },
);

testEach("a name that is no plain file name is refused", async (program) => {
  using scratch = new Scratch();
  for (const name of ["", ".", "..", "a/b", "a.ts", "a b", "ä", "a\n"]) {
    const args = ["plugin", "new", name];
    const { code, stderr } = await run(program, args, { cwd: scratch.path });
    assert.equal(code, 2, name);
    assert.match(stderr, /is no plugin's name/);
  }
  const flag = ["plugin", "new", "--", "-a"];
  assert.equal((await run(program, flag, { cwd: scratch.path })).code, 2);
  assert.deepEqual(listing(scratch.path), {});
});
