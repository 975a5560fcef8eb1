import { suggestion } from "../policy/nearest.ts";
import { palette } from "./colour.ts";
import { renderHelp } from "./help_text.ts";
import { findOutline } from "./program_outline.ts";
import { end, print } from "./survey.ts";
import { PROGRAM } from "./usage.ts";
import { outputWidth } from "./width.ts";

const OK = 0;
const COULD_NOT_RUN = 2;

/**
 * Prints the help of a command.
 *
 * @param path The names that lead to it; none for the whole program's.
 * @returns Never: the process ends with 0, or with 2 if there is no such
 * command.
 */
export async function help(
  _flags: unknown,
  ...path: readonly string[]
): Promise<never> {
  const { outline, unknown } = findOutline(path);
  if (unknown === undefined) {
    print(renderHelp(outline, palette(), outputWidth()));
    return end(OK);
  }
  const names = outline.commands.map(({ path }) => path.at(-1) ?? "");
  const near = await suggestion(unknown, names);
  const command = [PROGRAM, ...outline.path, unknown].join(" ");
  return end(COULD_NOT_RUN, `there is no command "${command}"${near}`);
}
