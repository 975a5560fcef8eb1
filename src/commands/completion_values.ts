import { WELL_KNOWN_STAGES } from "../launch/stage.ts";
import { expandGroup, groups } from "../policy/call_groups.ts";
import { SHELLS } from "./completions_command.ts";
import { commandsOf } from "./outline.ts";
import { programOutline } from "./program_outline.ts";

/** What may stand in a place of a command line. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** A command of the system with its arguments, for the rest of the line. */
  | { readonly kind: "command line" }
  | { readonly kind: "files" | "folders" | "users" | "processes" | "nothing" };

/** The ABIs that people ask about; libseccomp knows more. */
const ABIS = ["native", "x86_64", "x32", "x86", "aarch64", "arm"];

/**
 * What may stand in a place, by the name that it has in the help.
 *
 * @param name The name: `FILE`, `STAGE`, …
 * @param values All values that there are, if the definition has them.
 */
export function valuesOf(name: string, values?: readonly string[]): Values {
  if (values) return { kind: "words", words: values };
  switch (name) {
    case "FILE":
    case "OLD":
    case "NEW":
    case "DRIVER":
      return { kind: "files" };
    case "DIR":
      return { kind: "folders" };
    case "USER":
      return { kind: "users" };
    case "PID":
      return { kind: "processes" };
    case "STAGE":
      return { kind: "words", words: WELL_KNOWN_STAGES };
    case "@GROUP":
      return { kind: "words", words: [...groups.keys()] };
    case "ARCH":
      return { kind: "words", words: ABIS };
    case "COMMAND":
      return { kind: "words", words: commandNames() };
    case "SHELL":
      return { kind: "words", words: SHELLS };
    case "SYSCALL|ARG":
      return { kind: "words", words: callNames() };
    case "DRIVER|ARG":
    case "COMMAND|ARG":
      return { kind: "command line" };
    default:
      return { kind: "nothing" };
  }
}

/** The calls that groups name, which are nearly all, of every architecture. */
function callNames(): string[] {
  const names = [...groups.keys()].flatMap((name) => expandGroup(name) ?? []);
  return [...new Set(names)].sort();
}

/** All names of commands, those below others too. */
function commandNames(): string[] {
  const names = commandsOf(programOutline()).flatMap(({ path }) => path);
  return [...new Set(names)];
}
