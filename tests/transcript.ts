/**
 * Does what a page of the documentation has its reader do, and compares what is
 * printed with what the page shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { commandsOf, type Step } from "./page.ts";
import { PageScene } from "./page_scene.ts";
import type { Setting } from "./page_settings.ts";
import { baseEnvironment, fromSource, type Program, run } from "./program.ts";

/** Around an exit code, behind what a command prints. */
const END = "\x1e";

/** What differs from one machine, or one run, to the next. */
const VARYING: readonly [RegExp, string][] = [
  // How long Deno's tests took: 812µs, 12ms, 3s, 1m4s.
  [/\((?:\d+m)?\d+(?:µs|ms|s)\)/g, "(time)"],
  [/\breference [0-9a-f]{12}\b/g, "reference REFERENCE"],
  // Only an old libseccomp is told of.
  [/\nnotice: libseccomp .*\n(?: {2}.*\n)*/g, ""],
  [/^libseccomp \d+\.\d+\.\d+$/gm, "libseccomp VERSION"],
  // How much doctor found, the machine included.
  [/^(?:\d+ (?:problems?|warnings?|ok)(?:, |$))+/gm, "COUNTS"],
];

/** What doctor says of the machine. */
const MACHINE = /^(?:kernel|libseccomp|privileges|executable)\n(?: .*\n)+/gm;

/** What a command did. */
export interface Printed {
  readonly output: string;
  readonly code: number;
}

/**
 * Does what a page says, in a folder of its own.
 *
 * @param steps What it has its reader do.
 * @param program What `jacamar-seccomp` is.
 * @param wrapper Put in front of the shell, as `["setpriv", …]`.
 * @returns What each command did, with the page's folder for the real one. What
 *   a shell that ended early did not come to is missing.
 */
export async function play(
  steps: readonly Step[],
  program: Program,
  setting: Setting,
  wrapper: readonly string[] = [],
): Promise<Printed[]> {
  const isNobody = wrapper.length > 0;
  using scene = new PageScene(program, setting, isNobody);
  const script = steps.map((step) =>
    "line" in step
      ? running(scene.command(step.line))
      : writing(`${scene.folder}/${step.path}`, scene.file(step.text))
  );
  const file = `${scene.tools}/script`;
  Deno.writeTextFileSync(file, ["umask 022", ...script].join("\n"));
  const { stdout } = await run({ name: "bash", command: ["bash", file] }, [], {
    cwd: scene.folder,
    wrapper: [...wrapper, "sh", "-c", 'exec "$@" 2>&1', "sh"],
    env: {
      ...baseEnvironment(fromSource),
      // An operator's, which has more folders than an ordinary user's.
      PATH: `${scene.tools}:${Deno.env.get("PATH")}:/usr/sbin:/sbin`,
      LC_ALL: "C.UTF-8",
      NO_COLOR: "1",
      ...isNobody && { DENO_DIR: `${scene.folder}/.cache` },
    },
  });
  const parts = scene.shown(stdout).split(END);
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => ({
    output: parts[2 * index],
    code: Number(parts[2 * index + 1]),
  }));
}

/** The next command may ask for the exit code. */
function running(line: string): string {
  return `${line}\ncode=$?; printf '${END}%d${END}' $code; (exit $code)`;
}

function writing(path: string, text: string): string {
  return `cat >'${path}' <<'END'\n${text}END`;
}

/** What is printed, without what varies. */
export function settle(output: string): string {
  const said = output.replaceAll(MACHINE, lookedAt);
  return VARYING.reduce((text, [from, to]) => text.replace(from, to), said)
    // The page is formatted: no block ends in an empty line.
    .trimEnd();
}

/** What was looked at, without what was found. */
function lookedAt(section: string): string {
  const check = /^ {2}(?:ok|warning|problem) +(\S+) .*\n(?: {3,}.*\n)*/gm;
  return section.replaceAll(check, "  $1\n");
}

/** What there is only with the executable: its library as a file, and what it gives its user. */
const OF_EXECUTABLE = /^(?:\S*jacamar-seccomp\.js| {2}ok +gives) .*\n/gm;

function expected(output: string, program: Program): string {
  const isSource = program === fromSource;
  return settle(isSource ? output.replaceAll(OF_EXECUTABLE, "") : output);
}

/** Follows a page, and fails where it is not as the page says. */
export async function follow(
  steps: readonly Step[],
  program: Program,
  setting: Setting,
  wrapper?: readonly string[],
): Promise<void> {
  const all = await play(steps, program, setting, wrapper);
  for (const [index, { line, output, codes }] of commandsOf(steps).entries()) {
    const printed = all[index];
    assert.ok(printed, `not run: ${line}`);
    if (output !== undefined) {
      const actual = settle(printed.output);
      assert.equal(actual, expected(output, program), line);
    }
    const end = `${line} ended with ${printed.code}\n${printed.output}`;
    if (codes) assert.ok(codes.includes(printed.code), end);
  }
}
