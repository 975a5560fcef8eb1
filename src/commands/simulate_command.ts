import { defineCommand } from "./define.ts";
import { configurationFlag, jsonFlag, userFlag } from "./shared_flags.ts";

/** `simulate`, as the command line, the help and the manual page know it. */
export const simulateCommand = defineCommand({
  loader: async () => {
    const { simulateCall } = await import("./simulate.ts");
    return simulateCall;
  },
  parameters: {
    flags: {
      configuration: configurationFlag,
      stage: {
        kind: "parsed",
        parse: String,
        brief: "The stage",
        placeholder: "STAGE",
      },
      arch: {
        kind: "parsed",
        parse: String,
        default: "native",
        brief:
          "The ABI on which the call is made: x86_64, x32, x86, aarch64, …",
        placeholder: "ARCH",
      },
      user: userFlag,
      json: jsonFlag,
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: String,
        brief:
          "The call by name or number, and its arguments: numbers or constants",
        placeholder: "SYSCALL|ARG",
      },
    },
    aliases: { c: "configuration" },
  },
  page: {
    brief: "Say what becomes of one call at a stage, and why",
    usage: [
      "-c|--configuration FILE --stage STAGE [--arch ARCH] [--user USER] [--json] SYSCALL [ARG…]",
    ],
    description: [
      "Nothing is loaded, and the call is not made: the stage's programs are run over it. Arguments are numbers (10, 0xa, 0o12, -1), or constants of the kernel's headers, of which several are joined by |; those left out are 0.",
    ],
    examples: [
      {
        command:
          "jacamar-seccomp simulate -c jacamar.toml --stage after_script ioctl 0 TIOCSTI",
        what: "Ask about one call",
      },
      {
        command:
          "jacamar-seccomp simulate -c jacamar.toml --stage step_script --arch x86 mount",
        what: "Ask about a call of a 32-bit program",
      },
    ],
    exitCodes: [
      { code: "0", what: "the call is carried out" },
      {
        code: "1",
        what: "it is not, or a tracer or supervisor would decide",
      },
      { code: "2", what: "that could not be told" },
    ],
  },
});
