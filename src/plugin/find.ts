import { SystemCallError } from "../libc/mod.ts";
import { realPath } from "../libc/real_path.ts";
import { PluginError } from "./error.ts";

/** What Deno reads as an ES module. */
const MODULE = /\.(?:ts|mts|js|mjs)$/;

/** A plugin whose file is there and is what was promised. */
export interface CheckedPlugin {
  /** Its path with all links resolved. */
  readonly file: string;
}

/**
 * Makes sure that a plugin's file is there, can be a plugin, and has the digest
 * that it shall have, as long as there are permissions to look.
 *
 * The digest is of this one file; what it imports is not in it.
 *
 * @param plugin Its path, and its SHA-256 digest as 64 hexadecimal digits, if
 * there is one.
 * @throws {PluginError} If it is not.
 */
export async function checkPlugin(
  { file: named, sha256 }: { file: string; sha256: string | undefined },
): Promise<CheckedPlugin> {
  const file = findPluginFile(named);
  if (sha256 === undefined) return { file };
  const digest = await crypto.subtle.digest("SHA-256", read(file));
  const actual = new Uint8Array(digest).toHex();
  if (actual === sha256) return { file };
  throw new PluginError(
    named,
    `${file} has the SHA-256 digest ${actual}; validation_plugin_sha256 says ${sha256}`,
  );
}

function read(file: string): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(file);
  } catch (cause) {
    throw new PluginError(
      file,
      `could not read ${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * Makes sure that a plugin's file is there and can be one, as long as there are
 * permissions to look.
 *
 * @param plugin The path as it is configured.
 * @returns The path with all links resolved, as the kernel does it: a module's
 * URL would take `..` for what stands before it.
 * @throws {PluginError} If it is not.
 */
function findPluginFile(plugin: string): string {
  if (!MODULE.test(plugin)) {
    const hint = plugin.endsWith(".so")
      ? "a Go plugin cannot be loaded; port it to TypeScript, see docs/porting.md"
      : "a plugin is an ES module, a file that ends in .ts, .mts, .js or .mjs";
    throw new PluginError(plugin, `${plugin}: ${hint}`);
  }
  try {
    const file = realPath(plugin);
    if (Deno.statSync(file).isFile) return file;
  } catch (cause) {
    const why = cause instanceof SystemCallError && cause.code === "ENOENT"
      ? "there is no such file"
      : (cause as Error).message;
    throw new PluginError(plugin, `${plugin}: ${why}`, { cause });
  }
  throw new PluginError(plugin, `${plugin} is not a regular file`);
}
