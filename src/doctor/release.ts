/**
 * Whether a kernel is of some release or a later one, going by the first two
 * numbers.
 *
 * @param release As `uname -r` prints it: `6.1.0-13-amd64`.
 */
export function isSince(
  release: string,
  major: number,
  minor: number,
): boolean {
  const [ownMajor, ownMinor] = release.split(".").map((part) => parseInt(part));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
