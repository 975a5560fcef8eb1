import { parse, TomlError } from "smol-toml";
import { realPath } from "../libc/real_path.ts";
import { at, ConfigurationError } from "./error.ts";

/** A larger file is no configuration: 1 MiB. */
const LARGEST = 1024 * 1024;

/**
 * Reads a configuration file.
 *
 * @param path Its absolute path.
 * @param what What it is, for messages.
 * @returns Its text.
 * @throws {ConfigurationError} If it cannot be read, or is no text of a sensible
 * size.
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

/**
 * Parses a configuration file.
 *
 * @param path Its path, for messages.
 * @param text Its text.
 * @returns The document.
 * @throws {ConfigurationError} If it is not TOML.
 */
export function parseToml(path: string, text: string): unknown {
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
