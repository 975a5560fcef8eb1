import { isOwnUrl } from "./own_code.ts";

/**
 * A plugin that cannot be used, or that failed the job. The message begins with
 * `plugin error:`.
 */
export class PluginError extends Error {
  override readonly name = "PluginError";
  readonly code = "EPLUGIN";
  /** The plugin's file. */
  readonly plugin: string;
  /**
   * Where in the plugin's files it happened, as `FILE:LINE:COLUMN`, if that is
   * known.
   */
  readonly place: string | undefined;

  constructor(
    plugin: string,
    message: string,
    options?: ErrorOptions & { place?: string },
  ) {
    super(`plugin error: ${message}`, options);
    this.plugin = plugin;
    this.place = options?.place;
  }
}

/**
 * What a thrown value says, whatever it is: foreign code may throw anything,
 * even what throws when it is printed.
 */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.message || thrown.name}`;
    return `it threw ${describeValue(thrown)}`;
  } catch {
    return "it threw a value that cannot be printed";
  }
}

/** A value and its type, for a message: `the string "no"`. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(value)}`;
    case "function":
    case "object":
      return value === null ? "null" : `a ${typeof value}`;
    default:
      return `the ${typeof value} ${String(value)}`;
  }
}

/**
 * The innermost place in a file on disk of an error's stack, as
 * `FILE:LINE:COLUMN`.
 */
export function placeOf(thrown: unknown): string | undefined {
  try {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    for (const line of stack?.split("\n").slice(1) ?? []) {
      const frame = /\(?(file:\/\/[^()\s]+):(\d+):(\d+)\)?$/.exec(line);
      if (frame && !isOwnUrl(frame[1])) {
        return `${decodeURIComponent(new URL(frame[1]).pathname)}:${frame[2]}:${
          frame[3]
        }`;
      }
    }
  } catch {
    // A stack that cannot be read tells no place.
  }
  return undefined;
}
