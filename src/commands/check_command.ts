import { defineCommand } from "./define.ts";
import {
  configurationFlag,
  jsonFlag,
  stagesFlag,
  userFlag,
} from "./shared_flags.ts";

/** `check`, as the command line, the help and the manual page know it. */
export const checkCommand = defineCommand({
  loader: async () => {
    const { check } = await import("./check.ts");
    return check;
  },
  parameters: {
    flags: {
      configuration: configurationFlag,
      stage: stagesFlag,
      user: userFlag,
      record: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief:
          "A record of learn: what is in it has to pass; without --stage, at its stages",
        placeholder: "FILE",
      },
      json: jsonFlag,
    },
    aliases: { c: "configuration" },
  },
  page: {
    brief:
      "Say what each stage's filter does and what is wrong with it, without loading any",
    description: [
      "Goes the same way as exec for each stage and stops before anything is loaded. Without --stage it takes the runner's well-known stages and those that the configuration names. Stages whose filters do the same stand together.",
      "A problem is why a job could not run; a warning, what does not do what was asked, or what was likely meant; a notice, what is so on this machine, whatever the filter.",
    ],
    examples: [
      {
        command: "jacamar-seccomp check -c jacamar.toml",
        what: "Check every stage",
      },
      {
        command:
          "jacamar-seccomp check -c jacamar.toml --stage after_script --json",
        what: "Check one stage, and print JSON",
      },
      {
        command: "jacamar-seccomp check -c jacamar.toml --record policy.json",
        what: "Check that what learn has recorded would pass",
      },
    ],
    exitCodes: [
      { code: "0", what: "nothing but notices was found" },
      { code: "1", what: "something was found" },
      { code: "2", what: "it could not run" },
    ],
  },
});
