import {
  buildApplication,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  run,
} from "@stricli/core";
import configuration from "../../deno.json" with { type: "json" };
import {
  PrivilegeError,
  refuseBorrowedPrivileges,
} from "../launch/privileges.ts";
import { EXEC_USAGE } from "./exec_arguments.ts";

/** The exit code of every command but `exec` for "could not run". */
const COULD_NOT_RUN = 2;

const configurationFlag = {
  kind: "parsed",
  parse: String,
  brief: "The configuration file, jacamar.toml",
  placeholder: "FILE",
} as const;

const userFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  brief: "The user that limit_setuid leaves: a name, UID or UID:GID",
  placeholder: "USER",
} as const;

const checkCommand = buildCommand({
  loader: async () => {
    const { check } = await import("./check.ts");
    return check;
  },
  parameters: {
    flags: {
      configuration: configurationFlag,
      stage: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief:
          "A stage to check, any number of times; by default the well-known ones",
        placeholder: "STAGE",
      },
      user: userFlag,
      json: { kind: "boolean", default: false, brief: "Print JSON" },
    },
    aliases: { c: "configuration" },
  },
  docs: {
    brief:
      "Say what each stage's filter does and what is wrong with it, without loading any",
  },
});

const showCommand = buildCommand({
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
        brief: "Show the groups of calls, or the members of those named",
      },
      json: { kind: "boolean", default: false, brief: "Print JSON" },
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
  docs: {
    brief:
      "Show the filters of a stage, of a process or of a file, or groups of calls",
  },
});

const simulateCommand = buildCommand({
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
      json: { kind: "boolean", default: false, brief: "Print JSON" },
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
  docs: { brief: "Say what becomes of one call at a stage, and why" },
});

const diffCommand = buildCommand({
  loader: async () => {
    const { diff } = await import("./diff.ts");
    return diff;
  },
  parameters: {
    flags: {
      stage: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief:
          "A stage to compare, any number of times; by default the well-known ones",
        placeholder: "STAGE",
      },
      user: userFlag,
      json: { kind: "boolean", default: false, brief: "Print JSON" },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, brief: "The old configuration", placeholder: "OLD" },
        { parse: String, brief: "The new configuration", placeholder: "NEW" },
      ],
    },
  },
  docs: {
    brief: "Say what changes for which calls from one configuration to another",
  },
});

const routes = buildRouteMap({
  routes: {
    check: checkCommand,
    show: showCommand,
    simulate: simulateCommand,
    diff: diffCommand,
  },
  docs: {
    brief: "Loads a seccomp filter and becomes the driver",
    fullDescription:
      "Sets up the seccomp filter of a Jacamar CI job and becomes its driver. Beside the commands below:\n\n" +
      `  ${EXEC_USAGE}\n` +
      "    Load the filter of the driver's stage and become the driver",
  },
});

const application = buildApplication(routes, {
  name: "jacamar-seccomp",
  versionInfo: { currentVersion: configuration.version },
  scanner: {
    caseStyle: "allow-kebab-for-camel",
    allowArgumentEscapeSequence: true,
  },
  documentation: { disableAnsiColor: true },
  determineExitCode: () => COULD_NOT_RUN,
});

/**
 * Runs a command other than `exec`.
 *
 * @param args The command line, the command first.
 * @returns Never: the process ends with 0 if all is well, 1 if something was
 * found, 2 if it could not run.
 */
export async function runApplication(args: readonly string[]): Promise<never> {
  const process = {
    stdout: writer(Deno.stdout),
    stderr: writer(Deno.stderr),
    exitCode: undefined as number | string | null | undefined,
  };
  const context: CommandContext = { process };
  try {
    refuseBorrowedPrivileges();
  } catch (error) {
    if (!(error instanceof PrivilegeError)) throw error;
    process.stderr.write(`jacamar-seccomp: ${error.message}\n`);
    Deno.exit(COULD_NOT_RUN);
  }
  // Without a command there is nothing to do: that is a mistake, told with the
  // help.
  await run(application, args.length === 0 ? ["--help"] : args, context);
  const code = Number(process.exitCode ?? 0);
  Deno.exit(args.length === 0 || code < 0 ? COULD_NOT_RUN : code);
}

function writer(stream: { writeSync(bytes: Uint8Array): number }) {
  return {
    write(text: string) {
      for (let rest = new TextEncoder().encode(text); rest.length > 0;) {
        rest = rest.subarray(stream.writeSync(rest));
      }
    },
  };
}
