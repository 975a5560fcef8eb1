/**
 * A release, made twice: `scripts/build --release` in two copies of the working
 * tree, as it is when a test first asks for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { run } from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;
/** The time of the commit, in seconds since 1970. */
export const EPOCH = 1_700_000_000;

/** What was made. */
export interface Release {
  /** The folders of the two, which lie at different depths. */
  readonly folders: readonly [string, string];
  /** What the first wrote on its standard error. */
  readonly messages: string;
}

const scratch = Deno.makeTempDirSync({ prefix: "jacamar-seccomp-" });
let made: Promise<Release> | undefined;

Deno.test.afterAll(() => Deno.removeSync(scratch, { recursive: true }));

/** The release, which is made once. */
export function release(): Promise<Release> {
  made ??= make();
  return made;
}

/** A new folder, which lasts as long as the release. */
export function folder(): string {
  const path = Deno.makeTempDirSync({ dir: scratch });
  Deno.chmodSync(path, 0o755);
  return path;
}

/** The one file of a release whose name ends so. */
export async function artefact(end: string): Promise<string> {
  const { folders: [path] } = await release();
  const found = [...Deno.readDirSync(path)].filter(({ name }) =>
    name.endsWith(end)
  );
  assert.equal(found.length, 1, end);
  return `${path}/${found[0].name}`;
}

/** Runs a command that has to succeed, and gives what it wrote. */
export async function succeed(
  command: readonly string[],
  cwd?: string,
): Promise<string> {
  const [name, ...args] = command;
  const program = { name, command: [name] };
  const { code, stdout, stderr } = await run(program, args, { cwd });
  assert.equal(code, 0, `${command.join(" ")}: ${stderr}`);
  return stdout;
}

async function make(): Promise<Release> {
  Deno.chmodSync(scratch, 0o755);
  const [one, other] = [`${scratch}/one`, `${scratch}/other/and/deeper`];
  await copy(ROOT, one);
  await copy(one, other);
  const [messages] = await Promise.all([one, other].map(build));
  return {
    folders: [`${one}/build/release`, `${other}/build/release`],
    messages,
  };
}

/** Copies the source, but not what was built, and has it use the same Deno. */
async function copy(from: string, to: string): Promise<void> {
  const toolchain = "scripts/toolchain/node_modules";
  Deno.mkdirSync(to, { recursive: true });
  await succeed([
    "bash",
    "-ec",
    'tar -C "$1" --exclude=./build --exclude=./.git --exclude="./$3" -c . | tar -C "$2" -x',
    ...["copy", from, to, toolchain],
  ]);
  Deno.symlinkSync(`${ROOT}${toolchain}`, `${to}/${toolchain}`);
}

async function build(path: string): Promise<string> {
  const { code, stderr } = await new Deno.Command("scripts/build", {
    args: ["--release"],
    cwd: path,
    env: { SOURCE_DATE_EPOCH: `${EPOCH}` },
    stdin: "null",
  }).output();
  const messages = new TextDecoder().decode(stderr);
  assert.equal(code, 0, messages);
  return messages;
}
