import { defineCommand } from "./define.ts";

/** `help`, as the command line, the help and the manual page know it. */
export const helpCommand = defineCommand({
  loader: async () => {
    const { help } = await import("./help.ts");
    return help;
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "The command, by all its names; left out, the whole program",
        placeholder: "COMMAND",
      },
    },
  },
  page: {
    brief: "Print the help of a command",
    description: [
      "The same as --help after the command, but for exec: that never ends well by itself, so its own --help is a refusal.",
    ],
    examples: [
      { command: "jacamar-seccomp help exec", what: "Print the help of exec" },
      {
        command: "jacamar-seccomp help plugin new",
        what: "Print the help of a command with two names",
      },
    ],
    exitCodes: [
      { code: "0", what: "it is printed" },
      { code: "2", what: "there is no such command" },
    ],
  },
});
