/**
 * Where this program's own modules are: in the source tree, or in the
 * executable's virtual file system. They hold what is open, functions of the C
 * library among it, and whoever imports one by its path has the very same.
 *
 * @module
 */
const isSourceTree = import.meta.url.includes("/src/plugin/");

/** The folder of the modules, as a URL with a slash at its end. */
const FOLDER = new URL(isSourceTree ? "../" : "./", import.meta.url).href;
/** The entry point of the source tree; the executable's is in the folder. */
const ENTRY = isSourceTree ? new URL("../main.ts", FOLDER).href : FOLDER;

const [folder, entry] = [FOLDER, ENTRY].map((url) =>
  decodeURIComponent(new URL(url).pathname)
);

/** Whether a module is one of this program's own. */
export function isOwnUrl(url: string): boolean {
  return url.startsWith(FOLDER) || url === ENTRY;
}

/** Whether a file is, or would be, one of this program's own modules. */
export function isOwnPath(path: string): boolean {
  const plain = path.replace(/\/{2,}/g, "/");
  return plain.startsWith(folder) || plain === entry;
}
