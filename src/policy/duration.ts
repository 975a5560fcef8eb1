const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** The longest that a duration may be: ten minutes. */
export const LONGEST = 600_000;

/**
 * Reads a duration: a number and `ms`, `s` or `m`.
 *
 * @param text For example `"5s"`, `"1.5s"` or `"250ms"`.
 * @returns Milliseconds, above 0 and at most {@linkcode LONGEST}; `undefined`
 * for any other text.
 *
 * @example
 * ```ts
 * parseDuration("1.5s"); // 1500
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!parts) return undefined;
  const milliseconds = Number(parts[1]) * UNITS[parts[2]];
  return milliseconds > 0 && milliseconds <= LONGEST ? milliseconds : undefined;
}
