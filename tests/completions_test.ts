import assert from "node:assert/strict";
import { SHELLS } from "../src/commands/completions_command.ts";
import {
  fromSource,
  hasCommand,
  run,
  Scratch,
  testEach,
  testUnless,
} from "./program.ts";

type Shell = typeof SHELLS[number];

/** Keys for a line of which some is completed, and the arguments that result. */
type Typed = readonly [keys: string, args: string];

/** What every shell does alike; `\t` is the Tab key. */
const TYPED: readonly Typed[] = [
  ["sh\tx", "show x"],
  ["show --form\t t\t", "show --format table"],
  ["show --groups @mou\t", "show --groups @mount"],
  ["check -c ja\t --stage af\t", "check -c jacamar.toml --stage after_script"],
  ["check --configuration=ja\t", "check --configuration=jacamar.toml"],
  ["plugin ne\t --fol\t", "plugin new --folder"],
  ["exec -c x --unob\t", "exec -c x --unobfuscated"],
  ["exec -c x -- mkdi\t", "exec -c x -- mkdir"],
  ["exec -c x -- ls ja\t", "exec -c x -- ls jacamar.toml"],
  ["simulate --arch x3\t mkdira\t", "simulate --arch x32 mkdirat"],
  ["completions z\t", "completions zsh"],
  ["diff ja\t oth\t", "diff jacamar.toml other.toml"],
  ["help plug\t", "help plugin"],
];

/** How each shell is started, and what it needs before it completes. */
const INTERACTIVE: Readonly<
  Record<Shell, { readonly command: string; readonly first: string }>
> = {
  bash: {
    command: "bash --norc --noprofile -i",
    first: "bind 'set enable-bracketed-paste off'",
  },
  zsh: {
    command: "zsh -f -i",
    first: "autoload -U compinit; compinit -u -D",
  },
  fish: { command: "fish --no-config", first: "" },
};

async function script(shell: Shell): Promise<string> {
  const { code, stdout } = await run(fromSource, ["completions", shell]);
  assert.equal(code, 0);
  return stdout;
}

/** What keeps a shell from being tested with a terminal. */
function missing(shell: Shell): string | undefined {
  return [shell, "script"].map((command) =>
    hasCommand(command) ? undefined : `${command} is missing`
  ).find((reason) => reason !== undefined);
}

for (const shell of ["bash", "zsh"] as const) {
  testUnless(missing(shell), `${shell} completes what is typed`, async () => {
    using scratch = new Scratch();
    scratch.file("completions", await script(shell));
    scratch.file("other.toml", "");
    scratch.config();
    const { command, first } = INTERACTIVE[shell];
    // In place of the program there is a function that says what it was given.
    scratch.file(
      "setup",
      `${first}
jacamar-seccomp() { echo; echo "<$*>"; }
source ${scratch.path}/completions
`,
    );
    const { stdout } = await run(
      {
        name: shell,
        command: ["script", "-qec", command, "/dev/null"],
      },
      [],
      {
        cwd: scratch.path,
        env: { TERM: "xterm", HOME: scratch.path },
        stdin: [
          `source ${scratch.path}/setup`,
          ...TYPED.map(([keys]) => `jacamar-seccomp ${keys}`),
          "exit\n",
        ].join("\n"),
      },
    );
    const said = stdout.split(/[\r\n]+/)
      .flatMap((line) => /^<(.*)>$/.exec(line)?.[1] ?? []);
    assert.deepEqual(said.map(trim), TYPED.map(([, args]) => args));
  });
}

/** Without a space, with which a completed word may end. */
function trim(text: string): string {
  return text.trim();
}

const NO_FISH = hasCommand("fish") ? undefined : "fish is missing";

testUnless(NO_FISH, "fish completes what is typed", async () => {
  using scratch = new Scratch();
  const file = scratch.file("completions", await script("fish"));
  scratch.file("other.toml", "");
  scratch.config();
  for (const [keys, args] of TYPED) {
    // Of each Tab the line so far is asked; of the last one, the word it gives.
    const words = args.split(" ");
    const typed = keys.replace(/\t.*$/s, "");
    const last = typed.split(" ").length - 1;
    const line = `jacamar-seccomp ${typed}`;
    const { stdout, stderr } = await run(
      { name: "fish", command: ["fish", "--no-config", "-c"] },
      [`source ${file}; complete -C '${line}'`],
      { cwd: scratch.path, env: { HOME: scratch.path } },
    );
    assert.equal(stderr, "");
    const offered = stdout.split("\n").map((row) => row.split("\t")[0]);
    assert.ok(offered.includes(words[last]), `${line}: ${offered}`);
    assert.ok(
      offered.every((word) =>
        word === "" || word.startsWith(typed.split(" ")[last])
      ),
    );
  }
});

for (const shell of SHELLS) {
  const noShell = hasCommand(shell) ? undefined : `${shell} is missing`;
  testUnless(noShell, `${shell} finds no fault in the script`, async () => {
    using scratch = new Scratch();
    const file = scratch.file("completions", await script(shell));
    const { code, stderr } = await run(
      { name: shell, command: [shell, "-n"] },
      [file],
      { env: { HOME: scratch.path } },
    );
    assert.deepEqual([code, stderr], [0, ""]);
  });
}

testEach(
  "a script is printed for each shell, and for no other",
  async (program) => {
    for (const shell of SHELLS) {
      const { code, stdout, stderr } = await run(program, [
        "completions",
        shell,
      ]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.ok(stdout.includes("after_script"));
    }
    assert.equal((await run(program, ["completions"])).code, 2);
  },
);
