import { HELP_FLAG, type Outline, outlineOf } from "./outline.ts";
import { PROGRAM_PAGE } from "./program_page.ts";
import { routes } from "./routes.ts";

/** The whole program, with all its commands. */
export function programOutline(): Outline {
  return {
    path: [],
    page: PROGRAM_PAGE,
    flags: [
      HELP_FLAG,
      {
        name: "--version",
        alias: "-v",
        brief:
          "Print the version and what it was built with and runs on; with --json as JSON",
        isRequired: false,
        isRepeated: false,
      },
    ],
    args: [],
    commands: Object.entries(routes)
      .map(([name, target]) => outlineOf([name], target)),
  };
}

/**
 * Finds a command by the names that lead to it.
 *
 * @param path The names.
 * @returns The command, or the last one found and the name that leads no
 * further.
 */
export function findOutline(
  path: readonly string[],
): { readonly outline: Outline; readonly unknown?: string } {
  let outline = programOutline();
  for (const name of path) {
    const next = outline.commands.find(({ path }) => path.at(-1) === name);
    if (next === undefined) return { outline, unknown: name };
    outline = next;
  }
  return { outline };
}
