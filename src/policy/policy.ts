import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { realPath } from "../libc/real_path.ts";
import { ConfigurationError } from "./error.ts";
import { type KeyPath, lineIndex, type Locate } from "./locate.ts";
import { nearest, suggestion } from "./nearest.ts";
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

/** A larger file is no configuration: 1 MiB. */
const LARGEST = 1024 * 1024;

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

function readConfiguration(path: string): string {
  const refuse = (why: string, cause?: unknown) =>
    new ConfigurationError(
      [`could not read the configuration ${path}: ${why}`],
      {
        cause,
        isUnreadable: true,
      },
    );
  let bytes: Uint8Array;
  try {
    const file = realPath(path);
    const { isFile, size } = Deno.statSync(file);
    if (!isFile) throw refuse("it is not a regular file");
    if (size > LARGEST) {
      throw refuse(`it has ${size} bytes, more than the ${LARGEST} allowed`);
    }
    bytes = Deno.readFileSync(file);
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw refuse((cause as Error).message, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse("it is not UTF-8", cause);
  }
}

/** Our tables, by where they stand. */
const TABLES:
  readonly (readonly [parent: KeyPath, names: readonly string[]])[] = [[[], [
    "auth",
  ]], [["auth"], ["seccomp", "logging"]]];

/**
 * Other tables are Jacamar's and left alone, but not one that can only be ours
 * with a slip of the pen: it would be a policy that is not there.
 */
async function refuseMisspeltTables(
  file: string,
  document: unknown,
  lines: () => Promise<Locate>,
): Promise<void> {
  for (const [parent, names] of TABLES) {
    let table = document;
    for (const key of parent) table = isTable(table) ? table[key] : undefined;
    if (!isTable(table)) continue;
    for (const key of Object.keys(table)) {
      const right = await meantTable(parent, key, names);
      if (right === undefined) continue;
      const wrong = [...parent, key];
      const place = (await lines())(wrong);
      throw new ConfigurationError([
        at(
          file,
          place,
          `unknown table [${wrong.join(".")}], did you mean [${right}]?`,
        ),
      ]);
    }
  }
}

/** Which of our tables a table was most likely meant to be, if any. */
async function meantTable(
  parent: KeyPath,
  key: string,
  names: readonly string[],
): Promise<string | undefined> {
  if (names.includes(key)) return undefined;
  if (parent.length === 0 && key === "seccomp") return SECCOMP.join(".");
  const lower = key.toLowerCase();
  // Most tables are so unlike that there is no need to measure how much.
  const alike = names.filter((name) =>
    lower[0] === name[0] || lower.endsWith(name.slice(-3))
  );
  const near = alike.length === 0 ? undefined : await nearest(lower, alike);
  return near === undefined ? undefined : [...parent, near].join(".");
}

function isTable(
  value: unknown,
): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseToml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason] = cause.message.replace(/^Invalid TOML document: /, "")
      .split("\n");
    throw new ConfigurationError([
      at(path, cause.line, `not valid TOML: ${reason}`),
    ], { cause });
  }
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

function at(file: string, line: number | undefined, message?: string): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return message === undefined ? place : `${place}: ${message}`;
}

function absolute(path: string, base: () => string): string {
  return path.startsWith("/") ? path : `${base()}/${path}`;
}
