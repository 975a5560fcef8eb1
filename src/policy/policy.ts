import * as v from "valibot";
import type { ScmpArch } from "../libseccomp/mod.ts";
import { findContradictions } from "./contradictions.ts";
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
  STAGE_KEYS,
  type StageTable,
} from "./schema.ts";

/** A system call or @group that the configuration names, and where it does so. */
export interface NamedCall {
  readonly name: string;
  /** `block_calls[0]`: which key and element asked for it. */
  readonly origin: string;
  readonly path: KeyPath;
}

/** A plugin that the configuration names. */
export interface NamedPlugin {
  /** Its absolute path. */
  readonly file: string;
  /** What its SHA-256 digest must be, 64 hexadecimal digits in small letters. */
  readonly sha256: string | undefined;
}

/** What holds for all stages, or is added for one of them. */
interface Lists {
  readonly allowCalls: readonly NamedCall[];
  readonly blockCalls: readonly NamedCall[];
  /** In the order in which they are called. */
  readonly plugins: readonly NamedPlugin[];
}

/**
 * The parsed and validated `[auth.seccomp]`, with `[auth.logging]` beside it.
 */
export interface Policy extends Lists {
  /** The configuration file, as an absolute path. */
  readonly file: string;
  readonly disabled: boolean;
  readonly blockAll: boolean;
  /** A profile of a container runtime to start from. */
  readonly profile: {
    /** Its absolute path. */
    readonly file: string;
    /** The capabilities that it is read for. */
    readonly capabilities: readonly string[];
  } | undefined;
  /** The ABIs to cover; `undefined`: the native one, or the profile's. */
  readonly architectures: readonly ScmpArch[] | undefined;
  readonly limitSetuid: boolean;
  readonly enforceDefaults: boolean;
  /** `log`: what would be refused is logged and let pass. */
  readonly mode: "enforce" | "log";
  readonly logDenied: boolean;
  /** Milliseconds for all plugins together. */
  readonly pluginTimeout: number;
  readonly blockTtyInjection: boolean;
  /** What refused calls return; 1 to 4094. */
  readonly errno: number;
  readonly noNewPrivs: "auto" | boolean;
  readonly logging: Logging;
  /** What is added for single stages. */
  readonly stages: ReadonlyMap<string, Lists>;
  /** Makes an error that names the line of a key. */
  readonly problem: (
    path: KeyPath,
    message: string,
  ) => Promise<ConfigurationError>;
  /** Finds lines, so that origins can be shown with file and line. */
  readonly describeOrigins: () => Promise<(origin: string) => string>;
}

const SECCOMP: KeyPath = ["auth", "seccomp"];

/** A configuration, parsed. */
export interface ConfigurationSource {
  /** Its absolute path: messages name it, and paths in it begin there. */
  readonly file: string;
  readonly document: unknown;
  /** Finds lines in its text; asked only where one is to be shown. */
  readonly lines: () => Promise<Locate>;
}

/**
 * Reads the policy out of a configuration file.
 *
 * @param file The path of `jacamar.toml`.
 * @param onLogging Is told where the system log is as soon as that is known, so
 * that what is wrong with the rest can be written there.
 * @returns The policy.
 * @throws {ConfigurationError} If the file cannot be read, is not TOML, or
 * `[auth.seccomp]` or `[auth.logging]` says something that is not understood.
 */
export async function loadPolicy(
  file: string,
  onLogging?: (logging: Logging) => void,
): Promise<Policy> {
  const path = absolute(file, Deno.cwd);
  const text = readConfiguration(path);
  let index: Promise<Locate> | undefined;
  const lines = () => index ??= lineIndex(text);
  const document = parseToml(path, text);
  return await readPolicy({ file: path, document, lines }, onLogging);
}

/**
 * Reads the policy out of a configuration that is parsed already.
 *
 * @param source The configuration.
 * @param onLogging As with {@linkcode loadPolicy}.
 * @throws {ConfigurationError} If `[auth.seccomp]` or `[auth.logging]` says
 * something that is not understood.
 */
export async function readPolicy(
  { file: path, document, lines }: ConfigurationSource,
  onLogging?: (logging: Logging) => void,
): Promise<Policy> {
  const result = v.safeParse(Configuration, document);
  const known = result.success
    ? result
    : v.safeParse(LoggingConfiguration, document);
  if (known.success) onLogging?.(known.output.auth.logging);
  await refuseMisspeltTables(path, document, lines);
  if (!result.success) {
    throw await refuse(path, await lines(), result.issues);
  }
  const { seccomp, logging } = result.output.auth;
  const contradictions = findContradictions(seccomp);
  if (contradictions.length > 0) {
    const locate = await lines();
    throw new ConfigurationError(
      contradictions.map(({ path: key, message }) =>
        at(path, locate([...SECCOMP, ...key]), message)
      ),
    );
  }
  return {
    ...toPolicy(path, seccomp),
    logging,
    problem: async (key, message) =>
      new ConfigurationError([at(path, (await lines())(key), message)]),
    describeOrigins: async () => describer(path, await lines()),
  };
}

/**
 * A policy as it is at one stage.
 *
 * @param policy The policy of all stages.
 * @param stage The stage's name.
 * @returns The policy with what it adds for that stage.
 */
export function atStage(policy: Policy, stage: string): Policy {
  const added = policy.stages.get(stage);
  if (!added) return policy;
  return {
    ...policy,
    allowCalls: [...policy.allowCalls, ...added.allowCalls],
    blockCalls: [...policy.blockCalls, ...added.blockCalls],
    plugins: [...policy.plugins, ...added.plugins],
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
    const isStage = path[2] === "stages" && path.length > 4;
    const depth = isStage ? 4 : 2;
    const table = path.slice(0, depth).join(".");
    const [key, ...rest] = path.slice(depth);
    const line = locate(path);
    let message: string;
    if (issue.type === "strict_object") {
      const keys = isStage ? STAGE_KEYS : SECCOMP_KEYS;
      const near = await suggestion(String(key), keys);
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

function toPolicy(
  file: string,
  seccomp: SeccompTable,
): Omit<Policy, "problem" | "logging" | "describeOrigins"> {
  const directory = file.slice(0, file.lastIndexOf("/")) || "/";
  const stages = Object.entries(seccomp.stages).map(([stage, table]) =>
    [stage, toLists(table, ["stages", stage], directory)] as const
  );
  return {
    file,
    ...toLists(seccomp, [], directory),
    stages: new Map(stages),
    disabled: seccomp.disabled,
    blockAll: seccomp.block_all,
    profile: seccomp.profile === undefined ? undefined : {
      file: absolute(seccomp.profile, () => directory),
      capabilities: seccomp.profile_capabilities ?? [],
    },
    architectures: seccomp.architectures,
    limitSetuid: seccomp.limit_setuid,
    enforceDefaults: seccomp.enforce_defaults,
    mode: seccomp.mode,
    logDenied: seccomp.log_denied,
    pluginTimeout: seccomp.plugin_timeout,
    blockTtyInjection: seccomp.block_tty_injection,
    errno: seccomp.errno,
    noNewPrivs: seccomp.no_new_privs,
  };
}

function toLists(table: StageTable, at: KeyPath, directory: string): Lists {
  const named = (key: "allow_calls" | "block_calls") =>
    (table[key] ?? []).map((name, index): NamedCall => ({
      name,
      path: [...SECCOMP, ...at, key, index],
      origin: `${[...at, key].join(".")}[${index}]`,
    }));
  const digests = [table.validation_plugin_sha256 ?? []].flat();
  return {
    allowCalls: named("allow_calls"),
    blockCalls: named("block_calls"),
    plugins: [table.validation_plugin ?? []].flat().map((plugin, index) => ({
      file: absolute(plugin, () => directory),
      sha256: digests.at(index),
    })),
  };
}

/**
 * Shows `block_calls[0] @mount` as `block_calls FILE:LINE @mount`, and
 * `block_all` as `block_all FILE:LINE`.
 */
function describer(file: string, locate: Locate): (origin: string) => string {
  return (origin) => {
    const [, keys, index, rest] =
      /^([\w.-]+)(?:\[(\d+)\](.*))?$/.exec(origin) ?? [];
    if (keys === undefined) return origin;
    // A stage's name may have a dot of its own.
    const parts = /^(stages)\.(.*)\.(\w+)$/.exec(keys)?.slice(1) ?? [keys];
    const element = index === undefined ? [] : [Number(index)];
    const line = locate([...SECCOMP, ...parts, ...element]);
    return `${keys} ${at(file, line)}${rest ?? ""}`;
  };
}

function absolute(path: string, base: () => string): string {
  return path.startsWith("/") ? path : `${base()}/${path}`;
}
