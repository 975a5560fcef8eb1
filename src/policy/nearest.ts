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
  const { default: leven } = await import("leven");
  const furthest = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((name) => ({
      name,
      distance: leven(word, name),
      prefix: commonPrefix(word, name),
    }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance || b.prefix - a.prefix);
  return ranked.at(0)?.name;
}

/**
 * How many characters two words begin with alike: of two equally near words,
 * people meant the one that begins alike.
 */
function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** `, did you mean "x"?`, or nothing. */
export async function suggestion(
  word: string,
  known: readonly string[],
): Promise<string> {
  const near = await nearest(word, known);
  return near === undefined ? "" : `, did you mean "${near}"?`;
}
