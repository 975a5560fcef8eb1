/** How things stand, from good to bad. */
export const STATUSES = ["ok", "warning", "problem"] as const;

/**
 * `problem`: no job would be run, or somebody else could decide what is
 * executed. `warning`: jobs would be run, with less than may be thought.
 */
export type Status = typeof STATUSES[number];

/** What one look at the machine found. */
export interface Diagnosis {
  readonly status: Status;
  /** What was looked at, in one or two words; the same on every machine. */
  readonly name: string;
  readonly message: string;
  /** How to mend it; for everything that is not `ok`. */
  readonly mend?: string;
}

/** What belongs together. */
export interface Section {
  readonly name: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** All is well. */
export function ok(name: string, message: string): Diagnosis {
  return { status: "ok", name, message };
}

/** Something is worse than it could be. */
export function warning(
  name: string,
  message: string,
  mend: string,
): Diagnosis {
  return { status: "warning", name, message, mend };
}

/** Something does not work, or is open to others. */
export function problem(
  name: string,
  message: string,
  mend: string,
): Diagnosis {
  return { status: "problem", name, message, mend };
}

/** The worst of some sections; `ok` where there is nothing. */
export function worstOf(sections: readonly Section[]): Status {
  const found = sections.flatMap(({ diagnoses }) => diagnoses);
  return STATUSES.findLast((status) =>
    found.some((each) => each.status === status)
  ) ?? "ok";
}
