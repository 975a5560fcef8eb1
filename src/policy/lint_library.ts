import type {
  ComparisonName,
  Journal,
  JournalRule,
  LibraryVersion,
} from "../libseccomp/mod.ts";
import {
  describeVersion,
  enumerate,
  type Finding,
  originsOf,
  type Surroundings,
} from "./finding.ts";

/**
 * The first libseccomp without the advisories below.
 *
 * Source: the release notes of libseccomp 2.6.1. Older ones, as CVE-2019-9893,
 * are of versions that this program does not take.
 */
const MENDED: LibraryVersion = { major: 2, minor: 6, micro: 1 };
/** Two rules that compare one argument by size may be merged wrongly. */
const MERGE = "GHSA-4q85-33p6-j5g6";
/** A filter that is too large may corrupt memory. */
const OVERSIZE = ["GHSA-46fr-jh49-xvhx", "GHSA-2hqh-5c36-grrm"];

const BY_SIZE: readonly ComparisonName[] = [
  "Less",
  "LessOrEqual",
  "GreaterEqual",
  "Greater",
];

/** Tells which known faults the loaded libseccomp has. */
export function* lintLibrary(
  journals: readonly Journal[],
  { libseccomp }: Surroundings,
): Generator<Finding> {
  if (!isOlder(libseccomp, MENDED)) return;
  const version = describeVersion(libseccomp);
  const mended = describeVersion(MENDED);
  const endangered = journals.flatMap(mergedRules);
  if (endangered.length > 0) {
    const names = new Set(endangered.map(({ syscall }) => `${syscall}`));
    yield {
      severity: "warning",
      message: `two rules for ${enumerate([...names])} compare one argument ` +
        `by size, which libseccomp ${version} may merge into a weaker filter ` +
        `(${MERGE}, mended in ${mended})`,
      origins: originsOf(endangered),
    };
  }
  yield {
    severity: "notice",
    message: `libseccomp ${version} is older than ${mended}, which mends ` +
      enumerate(endangered.length > 0 ? OVERSIZE : [MERGE, ...OVERSIZE]),
    origins: [],
  };
}

function isOlder(a: LibraryVersion, b: LibraryVersion): boolean {
  return (a.major - b.major || a.minor - b.minor || a.micro - b.micro) < 0;
}

/** The rules that share a call and an argument compared by size over 64 bits. */
function mergedRules({ rules }: Journal): JournalRule[] {
  const compared = rules.flatMap((rule) =>
    rule.architectures.some(({ is64Bit }) => is64Bit)
      ? rule.conditions
        .filter(({ op }) => BY_SIZE.includes(op.comparison))
        .map(({ argument }) => ({ rule, argument }))
      : []
  );
  return [
    ...Map.groupBy(
      compared,
      ({ rule, argument }) => `${rule.syscall.number} ${argument}`,
    ).values(),
  ].filter((sharing) => sharing.length > 1)
    .flat().map(({ rule }) => rule);
}
