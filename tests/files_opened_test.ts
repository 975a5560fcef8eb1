/**
 * Which files the executable touches before it becomes the driver: strace is
 * the judge.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  compiled,
  execUnder,
  hasCommand,
  isRoot,
  run,
  Scratch,
  testEach,
} from "./program.ts";

/**
 * What a user could have planted in the hope that a program run as root picks
 * it up.
 */
const DECOYS = [
  "deno.json",
  "deno.lock",
  "package.json",
  "import_map.json",
  ".env",
  ".npmrc",
  "tsconfig.json",
  "jacamar-seccomp",
  "libseccomp.so.2",
  "libc.so.6",
  "node_modules/jacamar-seccomp/index.js",
];

testEach(
  "no file is touched but those that were named and the system's own",
  async (program) => {
    using scratch = new Scratch();
    const { path } = scratch;
    const cwd = `${path}/work`;
    Deno.mkdirSync(`${cwd}/node_modules/jacamar-seccomp`, { recursive: true });
    for (const decoy of DECOYS) scratch.file(`work/${decoy}`, "not to be read");
    Deno.mkdirSync(`${path}/etc`);
    const named = [
      scratch.file(
        "etc/jacamar.toml",
        '[auth.seccomp]\nvalidation_plugin = "plugin.ts"\n',
      ),
      scratch.file(
        "etc/plugin.ts",
        `import "./part.ts";\n${Deno.readTextFileSync("plugins/mkdir.ts")}`,
      ),
      scratch.file("etc/part.ts", "export {};"),
      scratch.file("work/driver", "#!/bin/sh\nexit 5\n", 0o755),
    ];
    const trace = `${path}/trace`;
    const args = [
      "exec",
      "-c",
      "../etc/jacamar.toml",
      "--",
      "./driver",
      "run",
      "script",
      "after_script",
    ];
    const { code } = await run(program, args, {
      cwd,
      wrapper: [
        "strace",
        "-s",
        "4096",
        "-f",
        "-e",
        "trace=%file",
        "-o",
        trace,
        "env",
        "-i",
      ],
    });
    assert.equal(code, 5);

    const executions = Deno.readTextFileSync(trace).split(/^\d+ +execve\(/m);
    // strace's own env first, then the executable, then the driver.
    const [, , ours] = executions;
    assert.ok(ours.startsWith(`"${program.command[0]}"`), ours.slice(0, 200));
    assert.match(executions[3], /^"\.\/driver"/);
    const touched = [...ours.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, file]) =>
      file
    );
    const suspects = touched.filter((file) => {
      // An empty one is a descriptor's (AT_EMPTY_PATH); arguments of execve are
      // quoted like paths.
      if (file === "" || args.includes(file)) return false;
      const absolute = new URL(file, `file://${cwd}/`).pathname
        .replace(/\/$/, "");
      if ([program.command[0], ...named].includes(absolute)) return false;
      // Above what was named Deno resolves links, and looks for a deno.json
      // that says how a plugin's TypeScript is meant.
      const folder = absolute.replace(/\/deno\.jsonc?$/, "");
      if (
        named.some((one) => one.startsWith(`${folder}/`)) &&
        absolute !== `${cwd}/deno.json`
      ) {
        return false;
      }
      return absolute.startsWith(`${path}/`) ||
        /^\/(?:tmp|var\/tmp|dev\/shm|home|root)\//.test(absolute);
    });
    assert.deepEqual(suspects, []);
  },
  hasCommand("strace") ? undefined : "needs strace",
  [compiled],
);

testEach(
  "no code cache is made where any user could have made it first",
  async (program) => {
    using scratch = new Scratch();
    const cache = "/tmp/deno-compile-jacamar-seccomp.cache";
    assert.throws(() => Deno.lstatSync(cache), Deno.errors.NotFound);
    const config = scratch.config();
    const wrapper = isRoot
      ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
      : [];
    for (let start = 0; start < 2; start++) {
      const { code } = await run(
        program,
        [...execUnder(config), "true"],
        { wrapper },
      );
      assert.equal(code, 0);
    }
    assert.throws(() => Deno.lstatSync(cache), Deno.errors.NotFound);
  },
  undefined,
  [compiled],
);
