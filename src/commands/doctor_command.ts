import { defineCommand } from "./define.ts";
import { configurationFlag, jsonFlag } from "./shared_flags.ts";

/** `doctor`, as the command line, the help and the manual page know it. */
export const doctorCommand = defineCommand({
  loader: async () => {
    const { doctor } = await import("./doctor.ts");
    return doctor;
  },
  parameters: {
    flags: {
      configuration: { ...configurationFlag, optional: true },
      driver: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "A driver to look at, as it is given to exec",
        placeholder: "DRIVER",
      },
      json: jsonFlag,
    },
    aliases: { c: "configuration" },
  },
  page: {
    brief: "Say what is wrong with this machine, and how to mend it",
    description: [
      "Looks at the kernel, libseccomp, this process's privileges and the program's own file, and if they are given at a configuration and a driver. Each line is ok, a warning, or a problem; the latter two come with what mends them.",
      "A problem: no job would be run, or somebody else could decide what is executed. A warning: jobs would be run, with less than may be thought. It sees what its own user and service see, so run it as the runner does.",
    ],
    examples: [
      {
        command: "jacamar-seccomp doctor",
        what: "Look at the machine",
      },
      {
        command:
          "jacamar-seccomp doctor -c jacamar.toml --driver /opt/jacamar/bin/jacamar-auth",
        what: "Look at all that a job depends on",
      },
    ],
    exitCodes: [
      { code: "0", what: "all is ok" },
      { code: "1", what: "there is a warning or a problem" },
      { code: "2", what: "it could not run" },
    ],
  },
});
