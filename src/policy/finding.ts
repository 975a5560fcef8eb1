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
  /**
   * Whether it is about faults of the installed library, which administrators
   * mend and authors of filters cannot.
   */
  readonly isAdvisory?: boolean;
}

/** What of the machine and the process decides what a filter is worth. */
export interface Surroundings {
  readonly architecture: ScmpArch;
  readonly libseccomp: LibraryVersion;
  /** Whether `no_new_privs` is on before a filter is loaded. */
  readonly noNewPrivs: boolean;
  /** Whether the configuration asks for it. */
  readonly asksNoNewPrivs: boolean;
}

/** Who made some rules, each once. */
export function originsOf(rules: readonly JournalRule[]): readonly string[] {
  return eachOnce(rules.map(({ origin }) => origin));
}

/** Origins, each once; the empty one says nothing. */
export function eachOnce(origins: Iterable<string>): readonly string[] {
  return [...new Set(origins)].filter((origin) => origin !== "");
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
