/**
 * Which npm packages are in the executable: those that its modules import, and
 * what these depend on. `scripts/licences.ts` and `scripts/sbom.ts` tell of
 * them.
 *
 * @module
 */
const ROOT = new URL("../", import.meta.url).pathname;
/** The entry points of `scripts/build`. */
const ENTRIES = ["main.ts", "src/mod.ts", "src/scaffold/library.ts"];

/** The hashes of npm packages. */
const lock: Record<string, { readonly integrity: string } | undefined> =
  JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`)).npm;

/** An npm package that is in the executable. */
export interface BundledPackage {
  /** As in `deno.lock`: `NAME@VERSION`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** The SPDX expression that the package itself gives. */
  readonly licence: string;
  /** Its licence's text, if it brings one. */
  readonly text?: string;
  readonly author: string;
  readonly page: string;
  /** The SHA-512 of its archive, in hexadecimal. */
  readonly sha512: string;
  /** The ids of what it depends on. */
  readonly dependencies: readonly string[];
}

/** What `deno info --json` tells of an entry point. */
interface Graph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, Installed>>;
}

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly localPath: string;
}

/** What is needed of a package's `package.json`. */
interface Manifest {
  readonly license: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * Finds the packages, which have to be in Deno's cache.
 *
 * @returns In the order of their ids.
 * @throws {Error} If Deno cannot tell, or a package is not pinned.
 */
export async function bundledPackages(): Promise<BundledPackage[]> {
  const packages = new Map<string, BundledPackage>();
  for (const entry of ENTRIES) {
    const { modules, npmPackages } = await graphOf(entry);
    const used = new Set(
      modules.flatMap(({ npmPackage }) => npmPackage ?? []),
    );
    // What is added while it is walked through is walked through as well.
    for (const id of used) {
      const installed = npmPackages[id];
      for (const dependency of installed.dependencies) used.add(dependency);
      packages.set(id, describe(id, installed));
    }
  }
  return [...packages.values()].sort((one, other) =>
    one.id < other.id ? -1 : 1
  );
}

async function graphOf(entry: string): Promise<Graph> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${ROOT}${entry}`],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`deno info ${entry} ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function describe(id: string, installed: Installed): BundledPackage {
  const { name, version, dependencies, localPath } = installed;
  const manifest: Manifest = JSON.parse(
    Deno.readTextFileSync(`${localPath}/package.json`),
  );
  const { license: licence, author, homepage } = manifest;
  return {
    id,
    name,
    version,
    licence,
    text: licenceText(localPath),
    author: (typeof author === "string" ? author : author?.name) ?? name,
    page: homepage ?? `https://www.npmjs.com/package/${name}`,
    sha512: sha512Of(id),
    dependencies,
  };
}

function licenceText(folder: string): string | undefined {
  for (const { name } of Deno.readDirSync(folder)) {
    if (/^licen[cs]e(\.|$)/i.test(name)) {
      return Deno.readTextFileSync(`${folder}/${name}`);
    }
  }
}

/** The hash that `deno.lock` pins a package by. */
function sha512Of(id: string): string {
  const [, base64] = lock[id]?.integrity.split("sha512-") ?? [];
  if (base64 === undefined) throw new Error(`deno.lock does not pin ${id}`);
  return Uint8Array.fromBase64(base64).toHex();
}
