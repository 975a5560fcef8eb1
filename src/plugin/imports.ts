import { openTrusted, TrustError } from "../libc/trusted_file.ts";
import { PluginError } from "./error.ts";

/** The module that plugins import to make filters, and what tests import. */
const OWN = /^jacamar-seccomp(?:\/testing)?$/;
/** Modules of the runtime; without permissions they can do no harm. */
const BUILT_IN = /^node:/;

/**
 * Modules that import more than an ES module's text says: by `require`, by what
 * JSX stands for, by a section of the binary. What they import could not be
 * checked.
 */
const OF_ANOTHER_KIND = /\.(?:[cm]?[jt]sx|c[jt]s|wasm)$/i;

/**
 * An import of our own module. A file that has no other word `import` and no
 * other `from` needs no lexer to tell what it imports.
 */
const OWN_IMPORT =
  /^\s*import\s+(?:type\s+)?[\w$*{},\s]+?\s+from\s+["']jacamar-seccomp["'];?/gm;
const MENTIONS_IMPORT = /\bimport\b|\bfrom\s*["'`]/;

/** What the lexer has for `import.meta` in place of where `import(` begins. */
const IMPORT_META = -2;

/** A module that is still to be looked at. */
interface Module {
  /**
   * Its absolute path as the runtime has it: links are not resolved, and what
   * it imports is sought from there.
   */
  readonly file: string;
  readonly source: string;
}

/**
 * Makes sure that all modules that a plugin imports, and those that these
 * import, are files that nobody else can change.
 *
 * @param plugin The plugin's file, as it will be imported.
 * @param source Its text.
 * @throws {PluginError} If one is no local file or may not be trusted, or if it
 * cannot be told what is imported.
 */
export async function checkImports(
  plugin: string,
  source: string,
): Promise<void> {
  const modules: Module[] = [{ file: plugin, source }];
  const seen = new Set([plugin]);
  for (const module of modules) {
    for (const specifier of await importsOf(module, plugin)) {
      const path = toPath(specifier, module.file, plugin);
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      modules.push(open(path, module.file, plugin));
    }
  }
}

/** What a module imports, statically and dynamically. */
async function importsOf(
  { file, source }: Module,
  plugin: string,
): Promise<string[]> {
  if (file.endsWith(".json")) return [];
  if (!MENTIONS_IMPORT.test(source.replace(OWN_IMPORT, ""))) return [];
  const { parse } = await import("es-module-lexer/js");
  let imports;
  try {
    [imports] = parse(source, file);
  } catch (cause) {
    const { message } = cause as Error;
    throw new PluginError(
      plugin,
      `could not tell what ${file} imports: ${message}`,
      { cause },
    );
  }
  const specifiers: string[] = [];
  for (const { n: specifier, d: kind, ss: start } of imports) {
    if (kind === IMPORT_META) continue;
    if (specifier !== undefined) {
      specifiers.push(specifier);
      continue;
    }
    const line = source.slice(0, start).split("\n").length;
    throw new PluginError(
      plugin,
      `${file}:${line}: import() must name its module by a plain text, so that ` +
        "it can be checked before",
    );
  }
  return specifiers;
}

/** The path of an imported file; `undefined` for what needs no check. */
function toPath(
  specifier: string,
  importer: string,
  plugin: string,
): string | undefined {
  if (OWN.test(specifier) || BUILT_IN.test(specifier)) return undefined;
  const isPath = /^(?:\.{0,2}\/|file:)/.test(specifier);
  if (!isPath) {
    throw new PluginError(
      plugin,
      `${importer} imports ${specifier}; a plugin can import only files, and jacamar-seccomp`,
    );
  }
  const { pathname } = new URL(specifier, `file://${encodePath(importer)}`);
  const path = decodeURIComponent(pathname);
  if (!OF_ANOTHER_KIND.test(path)) return path;
  throw new PluginError(
    plugin,
    `${importer} imports ${specifier}; a plugin can import no CommonJS, JSX or ` +
      "WebAssembly, because it cannot be checked what that imports",
  );
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function open(path: string, importer: string, plugin: string): Module {
  try {
    const source = new TextDecoder().decode(openTrusted(path).read());
    return { file: path, source };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    const reason = cause.code === "ENOENT"
      ? `could not find the module ${path}`
      : `imported by ${importer}: ${cause.message}`;
    throw new PluginError(plugin, reason, { cause });
  }
}
