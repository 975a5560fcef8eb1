import type { LibraryVersion } from "../libseccomp/mod.ts";
import {
  describeVersion,
  enumerate,
  type Finding,
  type Surroundings,
} from "./finding.ts";

/**
 * The first libseccomp without the advisories below.
 *
 * Source: the release notes of libseccomp 2.6.1. Older ones, as CVE-2019-9893,
 * are of versions that this program does not take.
 */
const MENDED: LibraryVersion = { major: 2, minor: 6, micro: 1 };

/**
 * A filter that is weaker than it should be, which the proof would find, and
 * memory corrupted by one that is too large, which is refused before.
 */
const ADVISORIES = [
  "GHSA-4q85-33p6-j5g6",
  "GHSA-46fr-jh49-xvhx",
  "GHSA-2hqh-5c36-grrm",
];

/** Tells which known faults the loaded libseccomp has. */
export function* lintLibrary(
  { libseccomp }: Surroundings,
): Generator<Finding> {
  if (!isOlder(libseccomp, MENDED)) return;
  yield {
    severity: "notice",
    message: `libseccomp ${describeVersion(libseccomp)} is older than ` +
      `${describeVersion(MENDED)}, which mends ${enumerate(ADVISORIES)}`,
    origins: [],
    isAdvisory: true,
  };
}

function isOlder(a: LibraryVersion, b: LibraryVersion): boolean {
  return (a.major - b.major || a.minor - b.minor || a.micro - b.micro) < 0;
}
