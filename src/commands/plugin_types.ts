import types from "../scaffold/jacamar-seccomp.d.ts" with { type: "text" };
import { print } from "./survey.ts";

/** Prints the declarations of what plugins and their tests import. */
export function printTypes(): void {
  print(types);
}
