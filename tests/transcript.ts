/**
 * Does what a page of the documentation has its reader do, and compares what is
 * printed with what the page shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  baseEnvironment,
  compiled,
  fromSource,
  type Program,
  run,
  Scratch,
} from "./program.ts";

/** An ordinary user. */
export const NOBODY = 65534;

/** Where the page has its reader sit. */
const FOLDER = "/opt/jacamar/plugins";

/** What differs from one machine, or one run, to the next. */
const VARYING: readonly [RegExp, string][] = [
  // How long Deno's tests took.
  [/\(\d+m?s\)/g, "(time)"],
  [/\breference [0-9a-f]{12}\b/g, "reference REFERENCE"],
  // Only an old libseccomp is told of.
  [/\nnotice: libseccomp .*\n(?: {2}.*\n)*/g, ""],
];

/** A command line, and what the page says that it prints. */
export interface Command {
  readonly line: string;
  readonly output: string;
}

/** A file that the page has its reader write. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** What a reader does. */
export type Step = Command | WrittenFile;

/**
 * What a page has its reader do, in order: every block of `console`, and every
 * block that begins with a comment which names a file.
 *
 * @param page The page's text.
 */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .flatMap(([, language, text]): Step[] => {
      if (language === "console") return commands(text);
      const path = /^(?:\/\/|#) (\S+\.(?:ts|toml))\n/.exec(text)?.[1];
      return path === undefined ? [] : [{ path, text }];
    });
}

/** The commands among them. */
export function commandsOf(steps: readonly Step[]): Command[] {
  return steps.filter((step) => "line" in step);
}

function commands(block: string): Command[] {
  return block.split(/^\$ /m).slice(1).map((text) => {
    const end = text.indexOf("\n");
    return { line: text.slice(0, end), output: text.slice(end + 1) };
  });
}

/** Does what the page says, and returns what each command prints. */
async function play(
  steps: readonly Step[],
  program: Program,
  folder: string,
  wrapper?: readonly string[],
): Promise<string[]> {
  using tools = new Scratch();
  tools.file("jacamar-seccomp", callOf(...program.command), 0o755);
  tools.file("deno", callOf(Deno.execPath()), 0o755);
  const script = steps.map((step) =>
    "line" in step
      // The next command may ask for the exit code.
      ? `${step.line}\ncode=$?; printf '\\036'; (exit $code)`
      : `cat >'${folder}/${step.path}' <<'END'\n${
        step.text.replaceAll(FOLDER, folder)
      }END`
  ).join("\n");
  const { stdout } = await run(
    { name: "bash", command: ["bash", tools.file("script", script)] },
    [],
    {
      cwd: folder,
      wrapper: [...wrapper ?? [], "sh", "-c", 'exec "$@" 2>&1', "sh"],
      env: {
        ...baseEnvironment(fromSource),
        PATH: `${tools.path}:${Deno.env.get("PATH")}`,
        LC_ALL: "C.UTF-8",
        NO_COLOR: "1",
        ...wrapper && { DENO_DIR: `${folder}/.cache` },
      },
    },
  );
  return stdout.split("\x1e").slice(0, -1).map((output) =>
    output.replaceAll(folder, FOLDER)
  );
}

function callOf(...command: readonly string[]): string {
  return `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`;
}

function settle(output: string): string {
  return VARYING.reduce((text, [from, to]) => text.replace(from, to), output)
    // The page is formatted: no block ends in an empty line.
    .trimEnd();
}

/** In a clone, the library is the clone's, and not a file beside the plugin. */
function expected({ output }: Command, program: Program): string {
  return settle(
    program === compiled
      ? output
      : output.replace(/^\S*jacamar-seccomp\.js .*\n/gm, ""),
  );
}

/**
 * Follows a page in a folder of its own.
 *
 * @param steps What it has its reader do.
 * @param program What `jacamar-seccomp` is.
 * @param wrapper Put in front of the shell, as `["setpriv", …]`.
 */
export async function follow(
  steps: readonly Step[],
  program: Program,
  wrapper?: readonly string[],
): Promise<void> {
  using cleanup = new DisposableStack();
  // As long a path as the page's: lines are wrapped.
  const folder = `/tmp/${crypto.randomUUID()}`.slice(0, FOLDER.length);
  Deno.mkdirSync(folder);
  cleanup.defer(() => Deno.removeSync(folder, { recursive: true }));
  Deno.chmodSync(folder, 0o755);
  if (wrapper) Deno.chownSync(folder, NOBODY, NOBODY);
  const outputs = await play(steps, program, folder, wrapper);
  for (const [index, command] of commandsOf(steps).entries()) {
    assert.equal(
      settle(outputs[index] ?? "(not run)"),
      expected(command, program),
      command.line,
    );
  }
}
