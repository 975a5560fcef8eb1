import { defineCommand } from "./define.ts";
import { jsonFlag, stagesFlag, userFlag } from "./shared_flags.ts";

/** `diff`, as the command line, the help and the manual page know it. */
export const diffCommand = defineCommand({
  loader: async () => {
    const { diff } = await import("./diff.ts");
    return diff;
  },
  parameters: {
    flags: { stage: stagesFlag, user: userFlag, json: jsonFlag },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, brief: "The old configuration", placeholder: "OLD" },
        { parse: String, brief: "The new configuration", placeholder: "NEW" },
      ],
    },
  },
  page: {
    brief: "Say what changes for which calls from one configuration to another",
    description: [
      "Compares neither texts nor rules, but what the kernel would do with every call: two configurations that differ in text and not in effect differ in nothing. Each change comes with a call that shows it.",
    ],
    examples: [
      {
        command: "jacamar-seccomp diff jacamar.toml new.toml",
        what: "Say what the new configuration changes",
      },
      {
        command:
          "jacamar-seccomp diff --stage step_script --json jacamar.toml new.toml",
        what: "Do so for one stage, with every call, as JSON",
      },
    ],
    exitCodes: [
      { code: "0", what: "nothing changes" },
      { code: "1", what: "something does" },
      { code: "2", what: "that could not be told" },
    ],
  },
});
