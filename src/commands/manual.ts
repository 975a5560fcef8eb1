import configuration from "../../deno.json" with { type: "json" };
import { renderManual } from "./manual_page.ts";
import { programOutline } from "./program_outline.ts";
import { end, print } from "./survey.ts";

const OK = 0;

/**
 * Prints the manual page, made of what the helps are made of.
 *
 * @returns Never: the process ends with 0.
 */
export function manual(): never {
  print(renderManual(programOutline(), configuration.version));
  return end(OK);
}
