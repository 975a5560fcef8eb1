/**
 * Files and folders that pages of the documentation name.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;

/**
 * Whether the repository has what a page names.
 *
 * @param name A path from the root of the repository; in the last part of it
 *   `*` and `NAME` stand for anything.
 */
export function isThere(name: string): boolean {
  const [path, folder, last] = /^(.*?)([^/]*)\/?$/.exec(name) ?? [];
  if (path === undefined) return false;
  const parts = last.split(/\*|NAME/).map((part) => RegExp.escape(part));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  try {
    return [...Deno.readDirSync(`${ROOT}${folder}`)].some((entry) =>
      pattern.test(entry.name)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
