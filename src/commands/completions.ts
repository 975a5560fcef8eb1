import configuration from "../../deno.json" with { type: "json" };
import type { SHELLS } from "./completions_command.ts";
import { renderBash } from "./completions_bash.ts";
import { renderFish } from "./completions_fish.ts";
import { renderZsh } from "./completions_zsh.ts";
import { programOutline } from "./program_outline.ts";
import { end, print } from "./survey.ts";

const OK = 0;

/**
 * Prints a script with which a shell completes the program's command lines. It
 * is made of the definitions of the commands, and does not run the program.
 *
 * @param shell The shell.
 * @returns Never: the process ends with 0.
 */
export function completions(
  _flags: unknown,
  shell: typeof SHELLS[number],
): never {
  print(render(shell));
  return end(OK);
}

function render(shell: typeof SHELLS[number]): string {
  const program = programOutline();
  const { version } = configuration;
  switch (shell) {
    case "bash":
      return renderBash(program, version);
    case "zsh":
      return renderZsh(program, version);
    case "fish":
      return renderFish(program, version);
  }
}
