import { parse, TomlError } from "smol-toml";
import { openTrusted, TrustError } from "../libc/trusted_file.ts";
import { at, ConfigurationError } from "./error.ts";

/** A larger file is no configuration: 1 MiB. */
const LARGEST = 1024 * 1024;
/**
 * A deeper one is none either, and what tells its lines would be at it for
 * minutes.
 */
const DEEPEST = 64;

/**
 * Reads a configuration file.
 *
 * @param path Its absolute path.
 * @param what What it is, for messages.
 * @returns Its text.
 * @throws {ConfigurationError} If it cannot be read, or is no text of a sensible
 * size, or if somebody else can change it.
 */
export function readConfiguration(
  path: string,
  what = "configuration",
): string {
  const refuse = (why: string, cause?: unknown) =>
    new ConfigurationError(
      [`could not read the ${what} ${path}: ${why}`],
      {
        cause,
        isUnreadable: true,
      },
    );
  let bytes: Uint8Array;
  try {
    const file = openTrusted(path);
    if (file.size > LARGEST) {
      throw refuse(
        `it has ${file.size} bytes, more than the ${LARGEST} allowed`,
      );
    }
    bytes = file.read();
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw refuse(cause.message, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse("it is not UTF-8", cause);
  }
}

/**
 * Parses a configuration file.
 *
 * @param path Its path, for messages.
 * @param text Its text.
 * @returns The document.
 * @throws {ConfigurationError} If it is not TOML.
 */
export function parseToml(path: string, text: string): unknown {
  const refuse = (line: number | undefined, why: string, cause?: unknown) =>
    new ConfigurationError([at(path, line, why)], { cause });
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason] = cause.message.replace(/^Invalid TOML document: /, "")
      .split("\n");
    throw refuse(cause.line, `not valid TOML: ${reason}`, cause);
  }
  if (isDeeper(document, DEEPEST)) {
    throw refuse(undefined, `tables and lists nest more than ${DEEPEST} deep`);
  }
  return document;
}

/** Whether something nests deeper than it may; told level by level. */
function isDeeper(document: unknown, depth: number): boolean {
  let level: unknown[] = [document];
  for (let here = 0; here <= depth; here++) {
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : []
    );
    if (level.length === 0) return false;
  }
  return true;
}
