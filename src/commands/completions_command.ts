import { defineCommand } from "./define.ts";

/** The shells that there are completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** `completions`, as the command line, the help and the manual page know it. */
export const completionsCommand = defineCommand({
  loader: async () => {
    const { completions } = await import("./completions.ts");
    return completions;
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: shellOf,
          brief: `The shell: ${SHELLS.join(", ")}`,
          placeholder: "SHELL",
        },
      ],
    },
  },
  page: {
    brief: "Print a script with which a shell completes command lines",
    description: [
      "The script knows every command and flag, the well-known stages and the groups of calls, and does not run jacamar-seccomp.",
    ],
    examples: [
      {
        command:
          "jacamar-seccomp completions bash >/usr/share/bash-completion/completions/jacamar-seccomp",
        what: "For every user of bash",
      },
      {
        command:
          "jacamar-seccomp completions zsh >/usr/share/zsh/vendor-completions/_jacamar-seccomp",
        what: "For every user of zsh, on Debian",
      },
      {
        command:
          "jacamar-seccomp completions fish >~/.config/fish/completions/jacamar-seccomp.fish",
        what: "For oneself, with fish",
      },
    ],
    exitCodes: [
      { code: "0", what: "it is printed" },
      { code: "2", what: "there is none for the shell" },
    ],
  },
});

function shellOf(word: string): typeof SHELLS[number] {
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined) throw new Error(`there are ${SHELLS.join(", ")}`);
  return shell;
}
