import types from "../scaffold/types.txt" with { type: "text" };
import { print } from "./survey.ts";

/** Prints the declarations of what plugins and their tests import. */
export function printTypes(): void {
  print(types);
}
