import { placeOf, PluginError } from "./error.ts";

/**
 * Makes the error of a failed `import()` one that tells file and line.
 *
 * The Deno that runs a source tree says where a syntax error is. The one inside
 * an executable prints its parser's internal value for a TypeScript file, of
 * which path, offset and text are read here.
 *
 * @param plugin The plugin's file.
 * @param thrown What `import()` threw.
 */
export function importError(plugin: string, thrown: unknown): PluginError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown };
  const internal = readParseDiagnostic(message);
  if (internal) {
    const { file, line, column, expected } = internal;
    const place = `${file}:${line}:${column}`;
    return new PluginError(plugin, `syntax error at ${place}${expected}`, {
      ...options,
      place,
    });
  }
  const isSyntaxError = thrown instanceof SyntaxError ||
    message.startsWith("SyntaxError: ");
  const located = isSyntaxError &&
    / at (file:\/\/\S+):(\d+):(\d+)/.exec(message);
  if (located) {
    const [, url, line, column] = located;
    const place = `${filePath(url)}:${line}:${column}`;
    const reason =
      message.replace(/^SyntaxError: /, "").split(/\n| at file:/)[0];
    return new PluginError(plugin, `syntax error at ${place}: ${reason}`, {
      ...options,
      place,
    });
  }
  const missing = /^Module not found[: ]+"?([^"\s]+?)"?\.?$/m.exec(message);
  if (missing) {
    const wanted = missing[1].startsWith("file:")
      ? filePath(missing[1])
      : missing[1];
    return new PluginError(
      plugin,
      `could not find the module ${wanted}`,
      options,
    );
  }
  const place = placeOf(thrown);
  return new PluginError(plugin, message, { ...options, place });
}

interface ParseDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What was expected, with `: ` before it, or nothing. */
  readonly expected: string;
}

function readParseDiagnostic(message: string): ParseDiagnostic | undefined {
  if (!message.includes("ParseDiagnosticInner")) return undefined;
  const path = /\bpath: ("(?:[^"\\]|\\.)*")/.exec(message);
  const offset = /\bstart: SourcePos\((\d+)\)/.exec(message);
  const text = /\btext: ("(?:[^"\\]|\\.)*")/.exec(message);
  if (!path || !offset || !text) return undefined;
  const source = new TextEncoder().encode(unquote(text[1]));
  const before = new TextDecoder().decode(source.subarray(0, Number(offset[1])))
    .split("\n");
  const kind = /\bkind: (\w+)(?:\("([^"]*)", "([^"]*)"\))?/.exec(message);
  const expected = kind?.[2] === undefined
    ? kind?.[1]
    : `expected ${kind[2]}, got ${kind[3]}`;
  return {
    file: decodeURIComponent(unquote(path[1])),
    line: before.length,
    column: before[before.length - 1].length + 1,
    expected: expected === undefined ? "" : `: ${expected}`,
  };
}

/** Undoes Rust's `{:?}` of a string, which is JSON's but for a few escapes. */
function unquote(quoted: string): string {
  const SINGLE: Readonly<Record<string, string>> = {
    n: "\n",
    r: "\r",
    t: "\t",
    "0": "\0",
  };
  return quoted.slice(1, -1).replace(
    /\\(?:u\{([0-9a-f]+)\}|(.))/g,
    (_, code, single) =>
      code === undefined
        ? SINGLE[single] ?? single
        : String.fromCodePoint(parseInt(code, 16)),
  );
}

function filePath(url: string): string {
  return decodeURIComponent(new URL(url).pathname);
}
