import { openTrusted, TrustError } from "../libc/trusted_file.ts";
import { PluginError } from "./error.ts";
import { checkImports } from "./imports.ts";
import { isOwnPath } from "./own_code.ts";

/** What Deno reads as an ES module. */
const MODULE = /\.(?:ts|mts|js|mjs)$/;

/** A plugin whose file is there and is what was promised. */
export interface CheckedPlugin {
  /** Its path with all links resolved. */
  readonly file: string;
  /** Whether it, or what it imports, imports a module of Node.js. */
  readonly isNodeUsed: boolean;
}

/**
 * Makes sure that a plugin's file is there, can be a plugin, is what it shall
 * be, and that nobody else can change it or what it imports; as long as there
 * are permissions to look.
 *
 * The digest is of this one file; what it imports is not in it.
 *
 * @param plugin Its absolute path, and its SHA-256 digest as 64 hexadecimal
 * digits, if there is one.
 * @throws {PluginError} If it is not so.
 */
export async function checkPlugin(
  { file: named, sha256 }: { file: string; sha256: string | undefined },
): Promise<CheckedPlugin> {
  const { file, bytes } = readPlugin(named);
  if (sha256 !== undefined) {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const actual = new Uint8Array(digest).toHex();
    if (actual !== sha256) {
      throw new PluginError(
        named,
        `${file} has the SHA-256 digest ${actual}; validation_plugin_sha256 says ${sha256}`,
      );
    }
  }
  return { file, isNodeUsed: checkImports(file, bytes) };
}

/** The file's content, and its path without links. */
function readPlugin(
  plugin: string,
): { file: string; bytes: Uint8Array<ArrayBuffer> } {
  if (!MODULE.test(plugin)) {
    const hint = plugin.endsWith(".so")
      ? "a Go plugin cannot be loaded; port it to TypeScript, see docs/porting.md"
      : "a plugin is an ES module, a file that ends in .ts, .mts, .js or .mjs";
    throw new PluginError(plugin, `${plugin}: ${hint}`);
  }
  try {
    const opened = openTrusted(plugin);
    if (isOwnPath(plugin) || isOwnPath(opened.path)) {
      throw new PluginError(plugin, `${plugin} is a part of this program`);
    }
    return { file: opened.path, bytes: opened.read() };
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new PluginError(plugin, cause.message, { cause });
  }
}
