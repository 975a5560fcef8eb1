import assert from "node:assert/strict";
import { commandsOf } from "../src/commands/outline.ts";
import { programOutline } from "../src/commands/program_outline.ts";
import { code, quoted } from "../src/commands/roff.ts";
import {
  fromSource,
  hasCommand,
  run,
  testEach,
  testUnless,
} from "./program.ts";

const SECTIONS = [
  ...["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS"],
  ...["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"],
];

const NO_GROFF = hasCommand("groff") ? undefined : "groff is missing";

/** A page as text, in which nothing is bold and lines end where they must. */
async function groff(source: string): Promise<string> {
  const command = [
    ...["groff", "-man", "-ww", "-Tascii", "-P-c", "-P-b", "-P-u"],
    ...["-rLL=2000n", "-"],
  ];
  const groff = { name: "groff", command };
  const { code, stdout, stderr } = await run(groff, [], { stdin: source });
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

testUnless(NO_GROFF, "what is typed stays as it is typed", async () => {
  const lines = ["a-b --c 'd' `e` ~/f ^g \\h \\fB", ".i", "'j", '"k" "'];
  const source = [
    '.TH X 1 "" ""',
    ".SH Y",
    ".nf",
    ...lines.map(code),
    `.SS ${quoted('l "m" -')}`,
    "",
  ];
  const shown = await groff(source.join("\n"));
  for (const line of lines) assert.ok(shown.includes(`       ${line}\n`), line);
  assert.ok(shown.includes('   l "m" -\n'));
});

testUnless(
  NO_GROFF,
  "the manual page has every section, command, flag and example, and groff has no objection",
  async () => {
    const { stdout: source } = await run(fromSource, ["manual"]);
    const text = await groff(source);
    const headings = text.split("\n").filter((line) => /^[A-Z ]+$/.test(line));
    assert.deepEqual(headings, SECTIONS);
    for (const { path, flags, args, page } of commandsOf(programOutline())) {
      const name = ["jacamar-seccomp", ...path].join(" ");
      const own = text.split(`\n   ${name}\n`)[1]?.split("\n   jacamar")[0];
      assert.ok(own !== undefined, name);
      for (const { name: flag } of flags) {
        if (flag === "--help") continue;
        const head = new RegExp(`^ {7}(?:-\\w, )?${flag}\\b`, "m");
        assert.match(own, head, `${name} ${flag}`);
      }
      for (const { name: arg } of args) assert.ok(own.includes(arg), arg);
      for (const { command } of page.examples) {
        for (const line of command.split("\n")) {
          assert.ok(text.includes(` ${line}\n`), line);
        }
      }
    }
  },
);

testEach(
  "man shows the manual page",
  async (program) => {
    const { code, stdout: source, stderr } = await run(program, ["manual"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const man = { name: "man", command: ["man", "--warnings", "-l", "-"] };
    const shown = await run(man, [], {
      stdin: source,
      env: { MANWIDTH: "80", MAN_KEEP_FORMATTING: "" },
    });
    assert.deepEqual([shown.code, shown.stderr], [0, ""]);
    assert.match(shown.stdout, /^JACAMAR-SECCOMP\(1\)/);
  },
  hasCommand("man") ? undefined : "man is missing",
);
