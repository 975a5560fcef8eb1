/**
 * Finds the word that a misspelt one was most likely meant to be.
 *
 * @param word What was written.
 * @param known The words that would have been right.
 * @returns The nearest known word, or `undefined` if none is near.
 */
export async function nearest(
  word: string,
  known: readonly string[],
): Promise<string | undefined> {
  // Only ever needed once something is wrong, so it is no part of a good start.
  const { closestMatch } = await import("leven");
  const furthest = Math.max(1, Math.floor(word.length / 3));
  return closestMatch(word, known, { maxDistance: furthest });
}

/** `, did you mean "x"?`, or nothing. */
export async function suggestion(
  word: string,
  known: readonly string[],
): Promise<string> {
  const near = await nearest(word, known);
  return near === undefined ? "" : `, did you mean "${near}"?`;
}
