/**
 * Runs jacamar-seccomp the two ways there are: from the source tree, and as the
 * compiled executable.
 *
 * @module
 */
import { readPrivileges } from "../src/launch/privileges.ts";

const root = new URL("../", import.meta.url).pathname;
const executable = `${root}build/jacamar-seccomp`;

/** One way to run the program. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Why it cannot be run here, if it cannot. */
  readonly missing?: string;
}

export const fromSource: Program = {
  name: "deno run",
  command: [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--no-check",
    "--cached-only",
    "--allow-read",
    "--allow-ffi",
    "--allow-env",
    "--allow-sys",
    `${root}main.ts`,
  ],
};

export const compiled: Program = {
  name: "executable",
  command: [executable],
  missing: exists(executable)
    ? undefined
    : "scripts/build found no base binary for deno compile",
};

export const programs: readonly Program[] = [fromSource, compiled];

/** Whether the tests run as root, and with that can become an ordinary user. */
export const isRoot = Deno.uid() === 0;

/** Whether a filter can be loaded without no_new_privs: root may be without that capability, as in a container. */
export const hasSysAdmin = readPrivileges().sysAdmin;

/** The arguments of `exec` up to its driver, for a stage that means nothing. */
export function execUnder(config: string): string[] {
  return ["exec", "-c", config, "--stage", "x", "--"];
}

/** What a run left behind. */
export interface Result {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to an environment that has only PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Put in front of the command, as `["setpriv", …]`. */
  readonly wrapper?: readonly string[];
}

/** Runs a program to its end. */
export async function run(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const { code, signal, stdout, stderr } = await output(program, args, options);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, signal, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Runs a program to its end, for what it writes that is no text. */
export async function output(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Deno.CommandOutput> {
  const child = start(program, args, options);
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(options.stdin ?? ""));
    await writer.close();
  } catch (error) {
    // A program that reads nothing may be gone before all is written.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return await child.output();
}

/** Starts a program with pipes for its standard descriptors. */
export function start(
  program: Program,
  args: readonly string[],
  { cwd, env, wrapper = [] }: RunOptions = {},
): Deno.ChildProcess {
  const [command, ...rest] = [...wrapper, ...program.command, ...args];
  return new Deno.Command(command, {
    args: rest,
    cwd,
    clearEnv: true,
    env: { ...baseEnvironment(program), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/**
 * What every run has: where commands are, and for `deno run` where its cache
 * is.
 */
export function baseEnvironment(program: Program): Record<string, string> {
  const names = program.command[0] === Deno.execPath()
    ? ["PATH", "HOME", "DENO_DIR"]
    : ["PATH"];
  const environment: Record<string, string> = {};
  for (const name of names) {
    const value = Deno.env.get(name);
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** A folder for one test, gone when the test is. */
export class Scratch implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "jacamar-seccomp-" });

  constructor() {
    Deno.chmodSync(this.path, 0o755);
  }

  /** Writes a file and returns its path. */
  file(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = `${this.path}/${name}`;
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
    Deno.chmodSync(path, mode);
    return path;
  }

  /** Writes a `jacamar.toml` with keys of `[auth.seccomp]`; other tables may follow. */
  config(keys = ""): string {
    return this.file("jacamar.toml", `[auth.seccomp]\n${keys}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/**
 * A test that runs once for each program, reported as ignored where a program
 * or something else is missing.
 */
export function testEach(
  name: string,
  body: (program: Program) => Promise<void>,
  reason?: string,
  which: readonly Program[] = programs,
): void {
  for (const program of which) {
    testUnless(
      program.missing ?? reason,
      `${program.name}: ${name}`,
      () => body(program),
    );
  }
}

/** A test, reported as ignored where there is a reason that it cannot run. */
export function testUnless(
  reason: string | undefined,
  name: string,
  body: () => void | Promise<void>,
): void {
  const ignore = reason !== undefined;
  Deno.test({
    name: ignore ? `${name} [ignored: ${reason}]` : name,
    ignore,
    fn: body,
  });
}

/** Whether a command is on PATH. */
export function hasCommand(name: string): boolean {
  return onPath().some((folder) => exists(`${folder}/${name}`));
}

/** Where a command is: on PATH, or where scripts/setup unpacks some. */
export function findCommand(name: string): string | undefined {
  const unpacked = new URL("../build/debian/usr/bin", import.meta.url).pathname;
  return [...onPath(), unpacked].map((folder) => `${folder}/${name}`)
    .find(exists);
}

function onPath(): string[] {
  return (Deno.env.get("PATH") ?? "").split(":");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
