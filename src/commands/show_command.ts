import { defineCommand } from "./define.ts";
import { configurationFlag, jsonFlag, userFlag } from "./shared_flags.ts";

/** `show`, as the command line, the help and the manual page know it. */
export const showCommand = defineCommand({
  loader: async () => {
    const { show } = await import("./show.ts");
    return show;
  },
  parameters: {
    flags: {
      configuration: { ...configurationFlag, optional: true },
      stage: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "The stage",
        placeholder: "STAGE",
      },
      user: userFlag,
      program: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief:
          "A program of any tool (raw BPF) to show in place of a stage; -: standard input",
        placeholder: "FILE",
      },
      pid: {
        kind: "parsed",
        parse: Number,
        optional: true,
        brief: "A process to show the filters of",
        placeholder: "PID",
      },
      format: {
        kind: "enum",
        values: ["table", "json", "pfc", "asm", "bpf", "oci"],
        default: "table",
        brief:
          "For people, as JSON, as libseccomp's pseudo filter code, as instructions, as raw BPF, or as a container profile",
      },
      filter: {
        kind: "parsed",
        parse: Number,
        optional: true,
        brief: "With asm, bpf and --pid: the N-th program that is loaded only",
        placeholder: "N",
      },
      groups: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Show the groups of calls, or the members of those named",
      },
      json: jsonFlag,
    },
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "With --groups, groups to show",
        placeholder: "@GROUP",
      },
    },
    aliases: { c: "configuration" },
  },
  page: {
    brief:
      "Show the filters of a stage, of a process or of a file, or groups of calls",
    usage: [
      "-c|--configuration FILE --stage STAGE [--user USER] [--format FORMAT] [--filter N]",
      "--program FILE [--format table|json|asm|bpf]",
      "--pid PID [--format table|json|asm|bpf] [--filter N]",
      "--groups [@GROUP…] [--json]",
    ],
    description: [
      "Shows the filters of one stage, plugins and all, without loading any; the program of any tool; or the filters of a process. A program and a process have no rules any more: what is told instead is what the programs do together, as a policy.",
      "--pid needs CAP_SYS_ADMIN in the first user namespace, for a process of another user CAP_SYS_PTRACE, and to be without a filter itself.",
    ],
    examples: [
      {
        command: "jacamar-seccomp show -c jacamar.toml --stage after_script",
        what: "Show the rules of a stage's filters",
      },
      {
        command:
          "jacamar-seccomp show -c jacamar.toml --stage after_script --format bpf >filter.bpf",
        what: "Write a stage's program to a file",
      },
      {
        command: "jacamar-seccomp show --program filter.bpf --format asm",
        what: "Show a program's instructions",
      },
      {
        command: "jacamar-seccomp show --pid 1234",
        what: "Say what the filters of a process do",
      },
      {
        command: "jacamar-seccomp show --groups @mount",
        what: "List the calls of a group",
      },
    ],
    exitCodes: [
      { code: "0", what: "all could be shown, also that there is no filter" },
      {
        code: "1",
        what:
          "something is wrong with the configuration or the program, or has no place in the format",
      },
      { code: "2", what: "it could not run" },
    ],
  },
});
