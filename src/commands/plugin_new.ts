import { SystemCallError } from "../libc/mod.ts";
import { pluginFiles } from "../scaffold/plugin_files.ts";
import { writeNew } from "../scaffold/write_new.ts";
import { end, print } from "./survey.ts";

const COULD_NOT_RUN = 2;

/** What is a name of files, and no flag. */
const NAME = /^[a-z0-9_][a-z0-9_-]*$/i;

/** The flags of `plugin new`. */
export interface PluginNewFlags {
  /** The folder; left out, one of the plugin's name. */
  readonly folder?: string;
}

/**
 * Writes a folder with a plugin, its test, and what both need.
 *
 * @param flags The command's flags.
 * @param name The plugin's name.
 * @returns If all is written; else the process ends with 2, and nothing is.
 */
export function newPlugin({ folder }: PluginNewFlags, name: string): void {
  if (!NAME.test(name)) {
    const rule = "letters, digits, - and _, and does not begin with -";
    const text = JSON.stringify(name);
    return end(COULD_NOT_RUN, `${text} is no plugin's name: it has ${rule}`);
  }
  const place = folder ?? name;
  const files = pluginFiles(name);
  try {
    writeNew(place, files);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return end(COULD_NOT_RUN, `${error.message}; nothing was written`);
  }
  const paths = files.map((file) => `${place}/${file.name}`);
  const width = Math.max(...paths.map((path) => path.length));
  print(
    files.map(({ what }, index) => `${paths[index].padEnd(width)}  ${what}\n`)
      .join(""),
  );
}
