import { defineCommand } from "./define.ts";

/** `manual`, as the command line, the help and the manual page know it. */
export const manualCommand = defineCommand({
  loader: async () => {
    const { manual } = await import("./manual.ts");
    return manual;
  },
  parameters: {},
  page: {
    brief: "Print the manual page, jacamar-seccomp.1",
    examples: [
      {
        command: "jacamar-seccomp manual | man -l -",
        what: "Read it",
      },
      {
        command:
          "jacamar-seccomp manual >/usr/local/share/man/man1/jacamar-seccomp.1",
        what: "Install it for man",
      },
    ],
    exitCodes: [{ code: "0", what: "it is printed" }],
  },
});
