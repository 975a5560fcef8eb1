import * as v from "valibot";
import { at, ConfigurationError } from "./error.ts";
import { type KeyPath, lineIndex, type Locate } from "./locate.ts";
import { suggestion } from "./nearest.ts";
import { parseToml, readConfiguration } from "./read.ts";
import { refuseMisspeltTables } from "./tables.ts";
import {
  Configuration,
  type Logging,
  LoggingConfiguration,
  SECCOMP_KEYS,
  type SeccompTable,
} from "./schema.ts";

/** A system call that the configuration names, and where it does so. */
export interface NamedCall {
  readonly name: string;
  /**
   * For people: `block_calls`, with the file and line where they were asked
   * for.
   */
  readonly origin: string;
  readonly path: KeyPath;
}

/**
 * The parsed and validated `[auth.seccomp]`, with `[auth.logging]` beside it.
 */
export interface Policy {
  /** The configuration file, as an absolute path. */
  readonly file: string;
  readonly disabled: boolean;
  readonly blockAll: boolean;
  readonly allowCalls: readonly NamedCall[];
  readonly blockCalls: readonly NamedCall[];
  /** Absolute paths, in the order in which they are called. */
  readonly plugins: readonly string[];
  /** Milliseconds for all plugins together. */
  readonly pluginTimeout: number;
  readonly blockTtyInjection: boolean;
  /** What refused calls return; 1 to 4094. */
  readonly errno: number;
  readonly noNewPrivs: "auto" | boolean;
  readonly logging: Logging;
  /** Makes an error that names the line of a key. */
  readonly problem: (
    path: KeyPath,
    message: string,
  ) => Promise<ConfigurationError>;
}

const SECCOMP: KeyPath = ["auth", "seccomp"];

/**
 * Reads the policy out of a configuration file.
 *
 * @param file The path of `jacamar.toml`.
 * @param options With `lines`, origins name file and line, which costs a second
 * pass over the file. `onLogging` is told where the system log is as soon as that
 * is known, so that what is wrong with the rest can be written there.
 * @returns The policy.
 * @throws {ConfigurationError} If the file cannot be read, is not TOML, or
 * `[auth.seccomp]` or `[auth.logging]` says something that is not understood.
 */
export async function loadPolicy(
  file: string,
  options?: { lines?: boolean; onLogging?: (logging: Logging) => void },
): Promise<Policy> {
  const path = absolute(file, Deno.cwd);
  const text = readConfiguration(path);
  const lines = () => lineIndex(text);
  const document = parseToml(path, text);
  const result = v.safeParse(Configuration, document);
  const known = result.success
    ? result
    : v.safeParse(LoggingConfiguration, document);
  if (known.success) options?.onLogging?.(known.output.auth.logging);
  await refuseMisspeltTables(path, document, lines);
  if (!result.success) {
    throw await refuse(path, await lines(), result.issues);
  }
  const { seccomp, logging } = result.output.auth;
  const contradictions = findContradictions(seccomp);
  if (contradictions.length > 0) {
    const locate = await lines();
    throw new ConfigurationError(
      contradictions.map(([key, message]) =>
        at(path, locate([...SECCOMP, key]), message)
      ),
    );
  }
  return {
    ...toPolicy(
      path,
      seccomp,
      logging,
      options?.lines ? await lines() : undefined,
    ),
    problem: async (key, message) =>
      new ConfigurationError([at(path, (await lines())(key), message)]),
  };
}

async function refuse(
  file: string,
  locate: Locate,
  issues: readonly v.BaseIssue<unknown>[],
): Promise<ConfigurationError> {
  const found: { line: number; problem: string }[] = [];
  for (const issue of issues) {
    const path = (issue.path ?? []).map(({ key }) => key as string | number);
    const [table, key, ...rest] = [
      path.slice(0, 2).join("."),
      ...path.slice(2),
    ];
    const line = locate(path);
    let message: string;
    if (issue.type === "strict_object") {
      const near = await suggestion(String(key), SECCOMP_KEYS);
      message = `unknown key "${key}" in [${table}]${near}`;
    } else {
      const indices = rest.map((index) => `[${index}]`).join("");
      message = `${
        key === undefined ? `[${table}]` : key
      }${indices}: ${issue.message}`;
    }
    found.push({ line: line ?? 0, problem: at(file, line, message) });
  }
  return new ConfigurationError(
    found.sort((a, b) => a.line - b.line).map(({ problem }) => problem),
  );
}

/** What each key says for itself may still make no sense together. */
function findContradictions(
  seccomp: SeccompTable,
): [key: string, message: string][] {
  const found: [string, string][] = [];
  const { block_all, allow_calls = [], block_calls = [] } = seccomp;
  if (allow_calls.length > 0 && !block_all) {
    found.push([
      "allow_calls",
      "allow_calls does nothing without block_all = true",
    ]);
  }
  if (block_calls.length > 0 && block_all) {
    found.push([
      "block_calls",
      "block_calls does nothing together with block_all = true",
    ]);
  }
  for (const name of block_calls) {
    if (allow_calls.includes(name)) {
      found.push([
        "block_calls",
        `${name} is in both allow_calls and block_calls`,
      ]);
    }
  }
  return found;
}

function toPolicy(
  file: string,
  seccomp: SeccompTable,
  logging: Logging,
  locate: Locate | undefined,
): Omit<Policy, "problem"> {
  const named = (key: "allow_calls" | "block_calls") =>
    (seccomp[key] ?? []).map((name, index): NamedCall => {
      const path = [...SECCOMP, key, index];
      const line = locate?.(path);
      return {
        name,
        path,
        origin: line === undefined ? key : `${key} ${at(file, line)}`,
      };
    });
  const directory = file.slice(0, file.lastIndexOf("/")) || "/";
  const plugins = [seccomp.validation_plugin ?? []].flat();
  return {
    file,
    disabled: seccomp.disabled,
    blockAll: seccomp.block_all,
    allowCalls: named("allow_calls"),
    blockCalls: named("block_calls"),
    plugins: plugins.map((plugin) => absolute(plugin, () => directory)),
    pluginTimeout: seccomp.plugin_timeout,
    blockTtyInjection: seccomp.block_tty_injection,
    errno: seccomp.errno,
    noNewPrivs: seccomp.no_new_privs,
    logging,
  };
}

function absolute(path: string, base: () => string): string {
  return path.startsWith("/") ? path : `${base()}/${path}`;
}
