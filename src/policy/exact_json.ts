/**
 * JSON whose integers keep all of their digits: a number of JavaScript has 53
 * bits, an argument of a system call 64.
 *
 * @module
 */

/** `JSON.rawJSON`, which TypeScript's library does not declare yet. */
const { rawJSON } = JSON as unknown as {
  rawJSON(text: string): Readonly<{ rawJSON: string }>;
};

const INTEGER = /^-?\d+$/;

/**
 * Parses JSON.
 *
 * @param text The JSON text.
 * @returns What `JSON.parse` returns, but integers beyond ±(2⁵³−1) as bigints.
 * @throws {SyntaxError} If it is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(
    text,
    // V8 hands over the number as it is written; TypeScript's library knows
    // only the first two parameters.
    (_key: string, value: unknown, context?: { readonly source?: string }) => {
      if (typeof value !== "number" || Number.isSafeInteger(value)) {
        return value;
      }
      const source = context?.source ?? "";
      return INTEGER.test(source) ? BigInt(source) : value;
    },
  );
}

/**
 * Writes JSON, two spaces a level.
 *
 * @param value Anything that `JSON.stringify` takes, and bigints.
 * @returns The text, ending in a newline.
 */
export function formatExactJson(value: unknown): string {
  const exact = (_key: string, value: unknown) =>
    typeof value === "bigint" ? rawJSON(value.toString()) : value;
  return `${JSON.stringify(value, exact, 2)}\n`;
}
