/**
 * Does what a page of the documentation has its reader do, and compares what is
 * printed with what the page shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { commandsOf, type Step, type WrittenFile } from "./page.ts";
import type { Setting } from "./page_settings.ts";
import {
  baseEnvironment,
  fromSource,
  type Program,
  run,
  Scratch,
} from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** An ordinary user. */
export const NOBODY = 65534;

/** What differs from one machine, or one run, to the next. */
const VARYING: readonly [RegExp, string][] = [
  // How long Deno's tests took.
  [/\(\d+m?s\)/g, "(time)"],
  [/\breference [0-9a-f]{12}\b/g, "reference REFERENCE"],
  // Only an old libseccomp is told of.
  [/\nnotice: libseccomp .*\n(?: {2}.*\n)*/g, ""],
];

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
  { folder, isClone = false }: Setting,
  wrapper?: readonly string[],
): Promise<Printed[]> {
  using cleanup = new DisposableStack();
  const tools = cleanup.use(new Scratch());
  tools.file("jacamar-seccomp", callOf(...program.command), 0o755);
  tools.file("deno", callOf(Deno.execPath()), 0o755);
  const real = folderLike(folder, cleanup);
  if (wrapper) Deno.chownSync(real, NOBODY, NOBODY);
  if (isClone) layOutClone(real, tools.path);
  const usr = layOutUsr(tools.path);
  const script = steps.map((step) => {
    if (!("line" in step)) return writing(step, folder, real);
    return running(step.line.replaceAll(folder, real).replaceAll("/usr/", usr));
  });
  const { stdout } = await run(
    {
      name: "bash",
      command: ["bash", tools.file("script", script.join("\n"))],
    },
    [],
    {
      cwd: real,
      wrapper: [...wrapper ?? [], "sh", "-c", 'exec "$@" 2>&1', "sh"],
      env: {
        ...baseEnvironment(fromSource),
        PATH: `${tools.path}:${Deno.env.get("PATH")}`,
        LC_ALL: "C.UTF-8",
        NO_COLOR: "1",
        ...wrapper && { DENO_DIR: `${real}/.cache` },
      },
    },
  );
  const parts = stdout.replaceAll(real, folder).replaceAll(usr, "/usr/")
    .split("\x1e");
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => ({
    output: parts[2 * index],
    code: Number(parts[2 * index + 1]),
  }));
}

function callOf(...command: readonly string[]): string {
  return `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`;
}

/** A folder with as long a path as another one: lines are wrapped. */
function folderLike(folder: string, cleanup: DisposableStack): string {
  const real = `/tmp/${crypto.randomUUID()}`.slice(0, folder.length);
  Deno.mkdirSync(real);
  cleanup.defer(() => Deno.removeSync(real, { recursive: true }));
  Deno.chmodSync(real, 0o755);
  return real;
}

/** What commands take from a clone, and as its executable what is tested. */
function layOutClone(folder: string, tools: string): void {
  Deno.symlinkSync(tools, `${folder}/build`);
  for (const name of ["docs", "plugins", "scripts"]) {
    Deno.symlinkSync(`${ROOT}${name}`, `${folder}/${name}`);
  }
}

/** What commands take from `/usr` or write there, for none may write to the machine's. */
function layOutUsr(tools: string): string {
  for (
    const folder of [
      "share/bash-completion/completions",
      "share/fish/vendor_completions.d",
      "share/zsh/vendor-completions",
      "share/jacamar-seccomp",
      "local/share/man/man1",
    ]
  ) Deno.mkdirSync(`${tools}/usr/${folder}`, { recursive: true });
  const plugins = `${tools}/usr/share/jacamar-seccomp/plugins`;
  Deno.symlinkSync(`${ROOT}plugins`, plugins);
  return `${tools}/usr/`;
}

function writing({ path, text }: WrittenFile, shown: string, real: string) {
  return `cat >'${real}/${path}' <<'END'\n${text.replaceAll(shown, real)}END`;
}

/** The next command may ask for the exit code. */
function running(line: string): string {
  return `${line}\ncode=$?; printf '\\036%d\\036' $code; (exit $code)`;
}

/** What is printed, without what varies. */
export function settle(output: string): string {
  return VARYING.reduce((text, [from, to]) => text.replace(from, to), output)
    // The page is formatted: no block ends in an empty line.
    .trimEnd();
}

/** In a clone, the library is the clone's, and not a file beside the plugin. */
function expected(output: string, program: Program): string {
  return settle(
    program === fromSource
      ? output.replace(/^\S*jacamar-seccomp\.js .*\n/gm, "")
      : output,
  );
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
