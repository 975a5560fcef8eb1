import { defineCommand } from "./define.ts";
import { EXEC_ARGUMENTS } from "./exec_arguments.ts";
import { configurationFlag, userFlag } from "./shared_flags.ts";

/** The flags of `exec`. */
interface ExecFlags {
  readonly configuration: string;
  readonly stage?: string;
  readonly user?: string;
  readonly unobfuscated: boolean;
}

/**
 * `exec`, as the help, the manual page and completions know it. What runs it is
 * main.ts, with a parser of its own, so that nothing of this is loaded then.
 */
export const execCommand = defineCommand<ExecFlags, readonly string[]>({
  loader: async () => {
    const { exec } = await import("./exec.ts");
    return () => exec(Deno.args.slice(1));
  },
  parameters: {
    flags: {
      configuration: configurationFlag,
      stage: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "The stage; left out, it is read off the driver's arguments",
        placeholder: "STAGE",
      },
      user: userFlag,
      unobfuscated: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief:
          "Real errors in the job log, and what plugins print; for trying things out",
      },
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: String,
        brief:
          "The driver, searched for in PATH if it has no slash, and its arguments",
        placeholder: "DRIVER|ARG",
      },
    },
    aliases: { c: "configuration", u: "unobfuscated" },
  },
  page: {
    brief: "Load the filter of the driver's stage and become the driver",
    usage: [EXEC_ARGUMENTS],
    description: [
      "Builds the stage's filter, has it proven, loads it and becomes the driver by execve: the same process with the same environment, and nothing of jacamar-seccomp left in it.",
      "Without --stage, the stage follows from what GitLab Runner appends to a custom executor's arguments: config, prepare, run SCRIPT STAGE, or cleanup.",
      "Whatever fails, the driver is not run. exec prints no help of its own, never writes to standard output, and never ends with 0 by itself.",
    ],
    examples: [
      {
        command:
          "jacamar-seccomp exec -c jacamar.toml -- jacamar-auth run script.sh after_script",
        what: "Run the driver; the stage is after_script",
      },
      {
        command:
          "jacamar-seccomp exec -u -c jacamar.toml --stage after_script -- mkdir test",
        what: "Try a stage's filter out on some program, with real errors",
      },
    ],
    exitCodes: [
      {
        code: "SYSTEM_FAILURE_EXIT_CODE",
        what:
          "the driver was not run; 2 if the variable is unset or no number from 1 to 255",
      },
      { code: "any other", what: "the driver's own" },
    ],
  },
});
