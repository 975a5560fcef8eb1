import type {
  JournalRule,
  LibraryVersion,
  ScmpArch,
} from "../libseccomp/mod.ts";

/** Names beyond this many are counted instead of told. */
const TOLD = 8;

/** Something about a filter that its author should know. */
export interface Finding {
  /**
   * `problem`: a job could not run. `warning`: the filter does not do what was
   * asked, or what was likely meant. `notice`: so it is on this machine,
   * whatever the filter.
   */
  readonly severity: "problem" | "warning" | "notice";
  readonly message: string;
  /** Who made the rules that it is about, as in `JournalRule.origin`. */
  readonly origins: readonly string[];
}

/** What of the machine and the process decides what a filter is worth. */
export interface Surroundings {
  readonly architecture: ScmpArch;
  readonly libseccomp: LibraryVersion;
  /** Whether `no_new_privs` is on before a filter is loaded. */
  readonly noNewPrivs: boolean;
}

/** Who made some rules, each once. */
export function originsOf(rules: Iterable<JournalRule>): readonly string[] {
  const origins = new Set<string>();
  for (const { origin } of rules) if (origin !== "") origins.add(origin);
  return [...origins];
}

/** `a`, `a and b`, `a, b and c`; many names are cut short. */
export function enumerate(names: readonly string[]): string {
  const told = names.length > TOLD
    ? [...names.slice(0, TOLD), `${names.length - TOLD} more`]
    : names;
  return told.length < 2
    ? told.join()
    : `${told.slice(0, -1).join(", ")} and ${told.at(-1)}`;
}

/** `2.5.4`. */
export function describeVersion(
  { major, minor, micro }: LibraryVersion,
): string {
  return `${major}.${minor}.${micro}`;
}
