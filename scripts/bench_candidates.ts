/**
 * What is started side by side: jacamar-seccomp in several configurations, the
 * program that it stands in for, and other programs that load a filter.
 *
 * @module
 */
import { ArchX86, getNativeArch } from "../src/libseccomp/mod.ts";
import { knownSyscallNames } from "../src/policy/known_calls.ts";
import type { Candidate } from "./bench_launch.ts";

/** Where there is what, all made by scripts/bench. */
export interface Places {
  /** A folder that nobody else can write. */
  readonly scratch: string;
  /** The program that is started in the end. */
  readonly driver: string;
  /** Debian's profile for containers, where it was to be had. */
  readonly profile: string | undefined;
}

const root = new URL("../", import.meta.url).pathname;
export const OURS = `${root}build/jacamar-seccomp`;
const STAGE = "after_script";

/** What all ratios are to. */
export const EMPTY = "an empty compiled Deno program";

const DEMO = "exec, the demo's plugin";

/** How many names the longest list has. */
const MANY = 400;

/** All that must run: if one of these fails, so does the measurement. */
export function candidates(places: Places): Candidate[] {
  const { scratch, driver, profile } = places;
  const exec = (name: string, keys: string) => {
    const file = write(scratch, keys);
    const args = ["exec", "-c", file, "--stage", STAGE, "--", driver];
    return { name, command: [OURS, ...args] };
  };
  return [
    { name: "bare exec", command: [driver] },
    { name: EMPTY, command: [`${scratch}/empty`] },
    exec("exec, no plugin", ""),
    exec(DEMO, `validation_plugin = "${root}plugins/mkdir.ts"\n`),
    exec(`${DEMO}, as .js`, `validation_plugin = "${asScript(scratch)}"\n`),
    exec(`exec, an allowlist of ${MANY} names`, allowlist(manyNames())),
    ...profile
      ? [exec("exec, Debian's container profile", `profile = "${profile}"\n`)]
      : [],
  ];
}

/** The program in Go, whose plugin was made of the source that ours stands for. */
export function goCandidates({ scratch, driver }: Places): Candidate[] {
  const exec = (name: string, keys: string) => {
    const file = write(scratch, keys);
    return {
      name,
      command: [`${scratch}/host`, "exec", file, STAGE, driver],
    };
  };
  return [
    exec("Go host, no plugin", ""),
    exec(
      "Go host, the same plugin in Go",
      `validation_plugin = "${scratch}/mkdir.so"\n`,
    ),
    exec(`Go host, an allowlist of ${MANY} names`, allowlist(manyNames())),
  ];
}

function write(scratch: string, keys: string): string {
  const file = Deno.makeTempFileSync({ dir: scratch, suffix: ".toml" });
  Deno.writeTextFileSync(file, `[auth.seccomp]\n${keys}`);
  return file;
}

/**
 * What `show` prints of a configuration's filter.
 *
 * @throws {Error} If it has no answer, with what it says.
 */
export function show(
  scratch: string,
  keys: string,
  format: "bpf" | "oci",
): Uint8Array<ArrayBuffer> {
  const args = ["show", "-c", write(scratch, keys), "--stage", STAGE];
  const { success, stdout, stderr } = new Deno.Command(OURS, {
    args: [...args, "--format", format],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}

/** The keys of a configuration that lets only some calls pass. */
export function allowlist(names: readonly string[]): string {
  return `block_all = true\nallow_calls = ${JSON.stringify(names)}\n`;
}

/** All calls of this machine, and some of another as portable lists have them. */
function manyNames(): string[] {
  const names = knownSyscallNames(getNativeArch());
  const others = knownSyscallNames(ArchX86);
  return [...new Set([...names, ...others])].slice(0, MANY);
}

/** The demo's plugin without its types. */
function asScript(scratch: string): string {
  const source = Deno.readTextFileSync(`${root}plugins/mkdir.ts`)
    .replace("  type SeccompExpansion,\n", "")
    .replace(": SeccompExpansion", "");
  const file = `${scratch}/mkdir.js`;
  Deno.writeTextFileSync(file, source);
  return file;
}
