import {
  buildApplication,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  run,
} from "@stricli/core";
import configuration from "../../deno.json" with { type: "json" };
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
      format: {
        kind: "enum",
        values: ["table", "json", "pfc", "oci"],
        default: "table",
        brief:
          "For people, as JSON, as libseccomp's pseudo filter code, or as a container profile",
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
  docs: { brief: "Show the filters of a stage, or groups of calls" },
});

const routes = buildRouteMap({
  routes: { check: checkCommand, show: showCommand },
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
  scanner: { caseStyle: "allow-kebab-for-camel" },
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
