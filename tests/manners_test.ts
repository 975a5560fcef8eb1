import assert from "node:assert/strict";
import { commandsOf } from "../src/commands/outline.ts";
import { programOutline } from "../src/commands/program_outline.ts";
import {
  baseEnvironment,
  fromSource,
  hasCommand,
  type Program,
  run,
  type RunOptions,
  Scratch,
  testEach,
} from "./program.ts";

const COMMANDS = commandsOf(programOutline());

const NEEDS_SCRIPT = hasCommand("script") ? undefined : "script(1) is missing";

/** Runs the program on a terminal of that many columns. */
async function onTerminal(
  program: Program,
  args: readonly string[],
  columns: number,
  env: RunOptions["env"] = {},
): Promise<string> {
  const command = [...program.command, ...args].join(" ");
  // On a terminal Deno tells of its own cache, which other tests may have spoilt.
  const sized = `stty cols ${columns}; ${command} 2>/dev/null`;
  const script = {
    name: "script",
    command: ["script", "-qec", sized, "/dev/null"],
  };
  const all = { TERM: "xterm", ...baseEnvironment(program), ...env };
  const { stdout } = await run(script, [], { env: all });
  return stdout.replaceAll("\r\n", "\n");
}

testEach(
  "every command's help has its flags, its arguments, examples and exit codes",
  async (program) => {
    for (const { path, flags, args, page } of COMMANDS) {
      const { code, stdout, stderr } = await run(program, ["help", ...path]);
      assert.deepEqual([code, stderr], [0, ""], path.join(" "));
      assert.ok(stdout.includes(`jacamar-seccomp ${path.join(" ")}`));
      for (const { name, alias = name } of flags) {
        assert.ok(stdout.includes(name) && stdout.includes(alias), name);
      }
      for (const { name } of args) assert.ok(stdout.includes(name), name);
      assert.match(stdout, /^EXIT CODES$/m);
      assert.match(stdout, /^EXAMPLES$/m);
      for (const { command } of page.examples) {
        const [line] = command.split("\n");
        assert.ok(stdout.includes(`\n  ${line}\n`), line);
      }
    }
  },
  undefined,
  [fromSource],
);

testEach(
  "--help after a command is its help, but after exec a refusal that names it",
  async (program) => {
    for (const path of [["check"], ["plugin"], ["plugin", "new"], []]) {
      const [asked, after] = await Promise.all([
        run(program, ["help", ...path]),
        run(program, [...path, "--help"]),
      ]);
      assert.deepEqual(after, asked);
      assert.equal(asked.code, 0);
    }
    const exec = await run(program, ["exec", "--help"]);
    assert.deepEqual([exec.code, exec.stdout], [2, ""]);
    assert.match(exec.stderr, /see jacamar-seccomp help exec; usage: /);
  },
);

testEach(
  "a command that is missing is a mistake, told with the help",
  async (program) => {
    for (const path of [[], ["plugin"]]) {
      const { code, stdout, stderr } = await run(program, path);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.equal(stderr, (await run(program, ["help", ...path])).stdout);
    }
  },
);

testEach("the version says what the program runs on", async (program) => {
  const { code, stdout } = await run(program, ["--version"]);
  assert.equal(code, 0);
  const [first, deno, libseccomp] = stdout.split("\n");
  assert.match(first, /^jacamar-seccomp \d+\.\d+\.\d+$/);
  assert.equal(
    deno,
    `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${Deno.build.target}`,
  );
  const json = await run(program, ["--version", "--json"]);
  const facts = JSON.parse(json.stdout);
  assert.equal(first, `jacamar-seccomp ${facts.version}`);
  assert.equal(libseccomp, `libseccomp ${facts.libseccomp}`);
  assert.equal((await run(program, ["-v", "check"])).code, 2);
});

testEach("the version is told without libseccomp too", async (program) => {
  using scratch = new Scratch();
  scratch.file("libseccomp.so.2", "no library");
  const env = { LD_LIBRARY_PATH: scratch.path };
  const { code, stdout } = await run(program, ["--version"], { env });
  assert.equal(code, 0);
  assert.match(stdout, /^libseccomp cannot be used: could not open /m);
  const json = await run(program, ["--version", "--json"], { env });
  assert.equal(JSON.parse(json.stdout).libseccomp, null);
});

testEach(
  "what is misspelt is answered with what was meant, in one line",
  async (program) => {
    for (
      const [line, says] of [
        ["simulat", /no command `simulat`, did you mean `simulate`\?/],
        ["exce -c x", /did you mean `exec`\?/],
        ["--vrsion", /unknown flag --vrsion; see jacamar-seccomp --help/],
        ["plugin nwe", /no command `plugin nwe`, did you mean `new`\?/],
        ["toString", /no command `toString`; see jacamar-seccomp --help/],
        [
          "help chek",
          /no command "jacamar-seccomp chek", did you mean "check"/,
        ],
        ["check --stge x", /unknown flag --stge, did you mean --stage\?/],
        ["check -x", /unknown flag -x; see jacamar-seccomp check --help/],
        ["show --format tabel", /--format takes table, json, .*, not "tabel"/],
        ["diff a b c", /unexpected argument c; see jacamar-seccomp diff/],
        ["diff a", /NEW is missing/],
        ["check -c a -c b", /--configuration is given twice/],
        ["completions ksh", /SHELL: "ksh": there are bash, zsh, fish/],
        ["exec -u --stge x", /unknown flag --stge, did you mean "--stage"\?/],
        ["exec -u -d", /unknown flag -d/],
      ] as const
    ) {
      const { code, stdout, stderr } = await run(program, line.split(" "));
      assert.deepEqual([code, stdout], [2, ""], line);
      assert.match(stderr, says);
      assert.match(stderr, /^jacamar-seccomp: [^\n]*\n$/);
    }
  },
);

testEach(
  "what check finds is coloured on a terminal, unless somebody objects",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config('block_calls = ["mkdir"]\n');
    const check = ["check", "-c", config, "--stage", "x"];
    const coloured = await onTerminal(program, check, 80);
    assert.ok(coloured.includes("\x1b[1mx\x1b[22m\n"), coloured);
    assert.ok(coloured.includes("\x1b[31mActErrno(EPERM)\x1b[39m"));
    assert.ok(coloured.includes("  \x1b[33mwarning:\x1b[39m mkdir is refused"));
    const { stdout } = await run(program, check);
    assert.ok(!stdout.includes("\x1b"));
    const plain = [
      await onTerminal(program, check, 80, { NO_COLOR: "1" }),
      await onTerminal(program, check, 80, { TERM: "dumb" }),
    ];
    assert.deepEqual(plain, [stdout, stdout]);
  },
  NEEDS_SCRIPT,
);

/** Arguments with which a call does not fit into 80 columns. */
const NUMBERS = Array.from({ length: 6 }, () => "0x123456789abcdef");

testEach(
  "text is broken where the terminal ends, and else at 80 columns",
  async (program) => {
    using scratch = new Scratch();
    scratch.file(
      "plugin.js",
      "export function seccompExpansion() {}",
    );
    const config = scratch.config(
      'block_calls = ["@mount", "mkdir"]\nvalidation_plugin = "plugin.js"\n',
    );
    const other = scratch.file("other.toml", "[auth.seccomp]\n");
    const stage = ["--stage", "x"];
    const lines = [
      ["check", "-c", config, ...stage],
      ["show", "-c", config, ...stage],
      ["show", "--groups", "@mount"],
      ["diff", ...stage, other, config],
      ["simulate", "-c", config, ...stage, "ioctl", ...NUMBERS],
      ["help", "show"],
    ];
    for (const args of lines) {
      const env = { NO_COLOR: "1" };
      const narrow = await onTerminal(program, args, 50, env);
      const wide = await onTerminal(program, args, 300, env);
      const { stdout } = await run(program, args);
      assert.notEqual(narrow, stdout);
      assert.notEqual(wide, stdout);
      assert.ok(widest(stdout, scratch.path) <= 80, stdout);
      assert.ok(widest(narrow, scratch.path) <= 50, narrow);
    }
  },
  NEEDS_SCRIPT,
);

/** The longest line of a text, but for those that are paths or examples. */
function widest(text: string, folder: string): number {
  const lines = text.split("\n").filter((line) =>
    !line.includes(folder) && !line.startsWith("  jacamar-seccomp ")
  );
  return Math.max(...lines.map((line) => line.length));
}
