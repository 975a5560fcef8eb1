import {
  type Application,
  buildApplication,
  buildRouteMap,
  type CommandContext,
  run,
  type StricliIntegration,
} from "@stricli/core";
import {
  PrivilegeError,
  refuseBorrowedPrivileges,
} from "../launch/privileges.ts";
import { palette } from "./colour.ts";
import { renderHelp } from "./help_text.ts";
import { mistakeTexts } from "./mistakes.ts";
import { findOutline } from "./program_outline.ts";
import { routes } from "./routes.ts";
import { outputWidth } from "./width.ts";

/** The exit code of every command but `exec` for "could not run". */
const COULD_NOT_RUN = 2;

const root = buildRouteMap({ routes, docs: { brief: "" } });

const help: StricliIntegration<CommandContext> = {
  flag: {
    brief: "",
    aliases: ["h"],
    global: true,
    defaultForRouteMap: true,
    run(_application, { result: { prefix: [, ...path] } }) {
      const { outline } = findOutline(path);
      const text = renderHelp(outline, palette(), outputWidth());
      this.process.stdout.write(text);
    },
  },
};

const version: StricliIntegration<CommandContext> = {
  flag: {
    brief: "",
    aliases: ["v"],
    async run(_application, { result: { unprocessedInputs: rest } }) {
      const [unknown] = rest.filter((word) => word !== "--json");
      if (unknown !== undefined) {
        throw new Error(`unexpected argument ${unknown}`);
      }
      const { renderVersion } = await import("./version.ts");
      this.process.stdout.write(renderVersion(rest.includes("--json")));
    },
  },
};

/** @param path The command that the command line is for. */
function application(path: readonly string[]): Application<CommandContext> {
  return buildApplication(root, {
    name: "jacamar-seccomp",
    scanner: {
      caseStyle: "allow-kebab-for-camel",
      allowArgumentEscapeSequence: true,
    },
    documentation: { disableAnsiColor: true },
    localization: { text: mistakeTexts(path) },
    determineExitCode: () => COULD_NOT_RUN,
  }, { help, version });
}

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
  try {
    refuseBorrowedPrivileges();
  } catch (error) {
    if (!(error instanceof PrivilegeError)) throw error;
    process.stderr.write(`jacamar-seccomp: ${error.message}\n`);
    Deno.exit(COULD_NOT_RUN);
  }
  const { outline, unknown } = findOutline(args);
  if (unknown === undefined && outline.commands.length > 0) {
    // Without a command there is nothing to do: that is a mistake, told with
    // the help.
    const colours = palette(Deno.stderr);
    const text = renderHelp(outline, colours, outputWidth(Deno.stderr));
    process.stderr.write(text);
    Deno.exit(COULD_NOT_RUN);
  }
  await run(application(outline.path), args, { process });
  const code = Number(process.exitCode ?? 0);
  Deno.exit(code < 0 ? COULD_NOT_RUN : code);
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
