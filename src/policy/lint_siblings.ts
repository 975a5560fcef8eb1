import type {
  JournalRule,
  LibraryVersion,
  ScmpArch,
} from "../libseccomp/mod.ts";
import { families } from "./call_families.ts";
import { type CallState, type CallStates, isKnown } from "./call_state.ts";
import {
  describeVersion,
  enumerate,
  type Finding,
  originsOf,
  type Surroundings,
} from "./finding.ts";
import { newerCalls } from "./newer_calls.ts";

/** Calls that rules limit while the same others, which do the same, are open. */
interface Gap {
  readonly arch: ScmpArch;
  readonly openness: CallState["openness"];
  readonly limited: string[];
  readonly rules: JournalRule[];
  readonly open: readonly string[];
}

/**
 * Finds calls that a rule refuses while a call that does the same is open:
 * mkdir without mkdirat, clone without clone3.
 *
 * What only a default action refuses is not asked after: an allowlist says what
 * is open, one by one.
 */
export function* lintSiblings(
  states: CallStates,
  { libseccomp }: Surroundings,
): Generator<Finding> {
  const gaps = findGaps(states);
  for (const gap of gaps) {
    const open = gap.open.filter(isKnown);
    if (open.length > 0) {
      yield {
        severity: "warning",
        message: describe({ ...gap, open }, states.native),
        origins: originsOf(gap.rules),
      };
    }
  }
  const unknown = gaps.filter(({ open }) => !open.every(isKnown));
  if (unknown.length > 0) yield describeUnknown(unknown, states, libseccomp);
}

/** One gap for all calls that leave the same others open. */
function findGaps(states: CallStates): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  // What is told of the native architecture is not told again of another.
  const told = new Set<string>();
  for (const arch of states.architectures) {
    for (const { name, state, others } of limitedCalls(states, arch)) {
      const open = others.filter((other) =>
        states.of(other, arch)?.openness === "open" &&
        !told.has(`${name} ${other}`)
      );
      if (open.length === 0) continue;
      for (const other of open) told.add(`${name} ${other}`);
      const { openness } = state;
      const key = `${arch} ${openness} ${open}`;
      const gap = gaps.get(key) ??
        { arch, openness, limited: [], rules: [], open };
      gap.limited.push(name);
      gap.rules.push(...state.rules);
      gaps.set(key, gap);
    }
  }
  return [...gaps.values()];
}

/** The calls that rules limit, each with those that do the same. */
function* limitedCalls(states: CallStates, arch: ScmpArch) {
  for (const { tiers, sameArguments } of families) {
    for (const [index, tier] of tiers.entries()) {
      const others = tiers.slice(0, index + 1).flat();
      for (const name of tier) {
        const state = states.of(name, arch);
        if (!state || state.openness === "open") continue;
        if (state.openness === "partly" && !sameArguments) continue;
        if (state.rules.length > 0) yield { name, state, others };
      }
    }
  }
}

/** That these are open is libseccomp's fault more than the policy's. */
function describeUnknown(
  gaps: readonly Gap[],
  { architectures }: CallStates,
  libseccomp: LibraryVersion,
): Finding {
  // libseccomp finds a call on further architectures by its name.
  const remedy = architectures.length === 1
    ? "a plugin can refuse a call by its number"
    : "a filter of one architecture can refuse a call by its number, this one " +
      `is of ${enumerate(architectures.map(({ name }) => name))}`;
  const names = [...newerCalls].filter(([name]) =>
    !isKnown(name) && gaps.some(({ open }) => open.includes(name))
  ).map(([name, { number, since }]) => `${name} (${number}, Linux ${since})`);
  return {
    severity: "notice",
    message: `libseccomp ${describeVersion(libseccomp)} does not know ` +
      `${enumerate(names)}: the same to the job as refused calls, and open; ` +
      remedy,
    origins: originsOf(gaps.flatMap(({ rules }) => rules)),
  };
}

function describe(
  { arch, openness, limited, open }: Gap,
  native: ScmpArch,
): string {
  const where = arch === native ? "" : ` on ${arch}`;
  const names = enumerate(limited);
  const [do_, are] = open.length > 1 ? ["do", "are"] : ["does", "is"];
  const others = `${enumerate(open)}, which ${do_} the same,`;
  if (openness === "refused") {
    const verb = limited.length > 1 ? "are" : "is";
    return `${names} ${verb} refused and ${others} ${are} not${where}`;
  }
  const verb = limited.length > 1 ? "pass" : "passes";
  // Its flags are behind a pointer, where no filter sees them, and glibc falls
  // back to clone on no other errno.
  const remedy = open.includes("clone3") ? "; refuse clone3 with ENOSYS" : "";
  return `${names} ${verb} only with some arguments and ${others} with any` +
    `${where}${remedy}`;
}
