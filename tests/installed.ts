/**
 * What is true of an installed jacamar-seccomp, wherever its files come from.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hasCommand, output, run } from "./program.ts";
import { succeed } from "./release.ts";

const NAME = "jacamar-seccomp";

/** What the program prints, and the files that hold it. */
const PRINTED = [
  ["plugin types", `share/${NAME}/${NAME}.d.ts`],
  ["completions bash", `share/bash-completion/completions/${NAME}`],
  ["completions fish", `share/fish/vendor_completions.d/${NAME}.fish`],
  ["completions zsh", `share/zsh/site-functions/_${NAME}`],
] as const;

/** The digests of the files below a prefix, by their names as a tarball has them. */
export type Files = ReadonlyMap<string, string>;

/**
 * Checks what was installed: all files are those that SHA256SUMS lists, the
 * program plays the demo's job, and the files made by it are what it prints.
 *
 * @param prefix Where it was installed, as `/usr`.
 * @returns The files.
 */
export async function checkInstalled(prefix: string): Promise<Files> {
  const files = await checkSums(prefix);
  const executable = `${prefix}/bin/${NAME}`;
  const share = `${prefix}/share`;
  const program = { name: executable, command: [executable] };

  const plugins = [...files.keys()].filter((path) =>
    path.includes("/plugins/")
  );
  assert.deepEqual(
    plugins.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort(),
    [...Deno.readDirSync("plugins")].map(({ name }) => name)
      .filter((name) => !name.endsWith("_test.ts")).sort(),
  );

  const demo = await succeed(["scripts/demo", executable]);
  assert.match(demo, /refused mkdir in after_script and nowhere else\.\n$/);

  const configuration = `${share}/${NAME}/jacamar.toml`;
  const check = await run(program, ["check", "-c", configuration]);
  assert.equal(check.code, 0, `${check.stdout}${check.stderr}`);

  const manual = `${share}/man/man1/${NAME}.1.gz`;
  const printed = await succeed(["gzip", "-cd", manual]);
  assert.equal((await run(program, ["manual"])).stdout, printed);
  for (const [command, path] of PRINTED) {
    const { stdout } = await output(program, command.split(" "));
    const digest = await crypto.subtle.digest("SHA-256", stdout);
    assert.equal(files.get(path), new Uint8Array(digest).toHex(), command);
  }
  if (hasCommand("man")) {
    const page = await succeed(["man", "--warnings", "-l", manual]);
    assert.match(page, /^JACAMAR-SECCOMP\(1\)/);
  }
  return files;
}

/** All files and links below a folder. */
export async function listing(path: string): Promise<string[]> {
  const found = await succeed(["find", ".", "-mindepth", "1"], path);
  return found.trimEnd().split("\n").sort();
}

async function checkSums(prefix: string): Promise<Files> {
  const sums = `share/doc/${NAME}/SHA256SUMS`;
  await succeed(["sha256sum", "--check", "--strict", "--quiet", sums], prefix);
  const lines = Deno.readTextFileSync(`${prefix}/${sums}`).trimEnd();
  const pairs = lines.split("\n").map((line) => line.split("  "));
  const found = await succeed(
    ["find", "-type", "f", "-printf", "%P\n"],
    prefix,
  );
  assert.deepEqual(
    found.trimEnd().split("\n").sort(),
    [...pairs.map(([, path]) => path), sums].sort(),
  );
  return new Map(pairs.map(([digest, path]) => [general(path), digest]));
}

/** A file's name where distributions do not disagree about its folder. */
function general(path: string): string {
  return path.replace("zsh/vendor-completions", "zsh/site-functions").replace(
    /doc(\/[^/]*\/(copyright|LICENSE-\w+))$/,
    "licenses$1",
  );
}
