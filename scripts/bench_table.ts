/**
 * Medians, and tables in Markdown.
 *
 * @module
 */

/** The middle one of some numbers, at least one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * A table, its columns as wide as `deno fmt` makes them.
 *
 * @param heads The heads of the columns; all but the first are of numbers.
 * @param rows As many cells in each as there are columns.
 */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heads.map((head, column) =>
    Math.max(2, head.length, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) =>
        column === 0
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column])
      ).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [heads, rule, ...rows].map(line).join("\n");
}
