import { openTrusted, TrustError } from "../libc/trusted_file.ts";
import { PluginError } from "./error.ts";
import {
  type MentionedImport,
  mentionedImports,
  UnclearImport,
} from "./mentioned_imports.ts";
import { NODE_MODULES } from "./node_modules.ts";
import { isOwnPath } from "./own_code.ts";

/** The module that plugins import to make filters, and what tests import. */
const OWN = /^jacamar-seccomp(?:\/testing)?$/;

/**
 * Modules that import more than an ES module's text says: by `require`, by what
 * JSX stands for, by a section of the binary. What they import could not be
 * checked.
 */
const OF_ANOTHER_KIND = /\.(?:[cm]?[jt]sx|c[jt]s|wasm)$/i;

/** Types of imports by which a file is read and nothing of it is run. */
const DATA: ReadonlySet<string | undefined> = new Set(["json", "text"]);

/** A module that is still to be looked at. */
interface Module {
  /**
   * Its absolute path as the runtime has it: links are not resolved, and what
   * it imports is sought from there.
   */
  readonly file: string;
  readonly source: Uint8Array<ArrayBuffer>;
}

/**
 * Makes sure that all modules that a plugin imports, and those that these
 * import, are files that nobody else can change.
 *
 * @param plugin The plugin's file, as it will be imported.
 * @param source Its content.
 * @returns Whether a module of Node.js is among them.
 * @throws {PluginError} If one is no local file or may not be trusted, or if it
 * cannot be told what is imported.
 */
export function checkImports(
  plugin: string,
  source: Uint8Array<ArrayBuffer>,
): boolean {
  let isNodeUsed = false;
  const modules: Module[] = [{ file: plugin, source }];
  const seen = new Set([plugin]);
  const data = new Set<string>();
  for (const module of modules) {
    for (const { specifier, type } of importsOf(module, plugin)) {
      isNodeUsed ||= NODE_MODULES.has(specifier);
      const path = toPath(specifier, module.file, plugin);
      if (path === undefined || seen.has(path)) continue;
      if (!DATA.has(type)) {
        seen.add(path);
        modules.push(open(path, module.file, plugin));
      } else if (!data.has(path)) {
        data.add(path);
        open(path, module.file, plugin);
      }
    }
  }
  return isNodeUsed;
}

/** What a module imports, statically and dynamically. */
function importsOf(
  { file, source }: Module,
  plugin: string,
): MentionedImport[] {
  if (file.endsWith(".json")) return [];
  let text: string;
  try {
    // The runtime would read another encoding, and other words, of its mark.
    text = new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch (cause) {
    throw new PluginError(plugin, `${file} is not UTF-8`, { cause });
  }
  try {
    return [...mentionedImports(text, /\.m?ts$/.test(file))];
  } catch (cause) {
    if (!(cause instanceof UnclearImport)) throw cause;
    const line = text.slice(0, cause.offset).split("\n").length;
    throw new PluginError(plugin, `${file}:${line}: ${cause.message}`, {
      cause,
    });
  }
}

/** The path of an imported file; `undefined` for what needs no check. */
function toPath(
  specifier: string,
  importer: string,
  plugin: string,
): string | undefined {
  if (OWN.test(specifier) || NODE_MODULES.has(specifier)) return undefined;
  if (specifier.startsWith("node:")) {
    throw new PluginError(
      plugin,
      `${importer} imports ${specifier}, which a plugin may not have; of Node.js there are ` +
        [...NODE_MODULES].join(", "),
    );
  }
  const isPath = /^(?:\.{0,2}\/|file:)/.test(specifier);
  if (!isPath) {
    throw new PluginError(
      plugin,
      `${importer} imports ${specifier}; a plugin can import only files, and jacamar-seccomp`,
    );
  }
  const { pathname } = new URL(specifier, `file://${encodePath(importer)}`);
  const path = decodeURIComponent(pathname);
  requireForeign(path, importer, plugin);
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
    const opened = openTrusted(path);
    requireForeign(opened.path, importer, plugin);
    return { file: path, source: opened.read() };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    const reason = cause.code === "ENOENT"
      ? `could not find the module ${path}`
      : `imported by ${importer}: ${cause.message}`;
    throw new PluginError(plugin, reason, { cause });
  }
}

/** This program's own modules hold what no plugin may have. */
function requireForeign(path: string, importer: string, plugin: string): void {
  if (!isOwnPath(path)) return;
  throw new PluginError(
    plugin,
    `${importer} imports ${path}, which is a part of this program; a plugin can import jacamar-seccomp`,
  );
}
