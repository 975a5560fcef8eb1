/** What is gathered on the way through a profile. */
export class Report {
  /** What was left out or is unknown here, one sentence each. */
  readonly notes: string[] = [];
  /** What makes the profile unusable. */
  readonly problems: string[] = [];

  /** Adds a note. */
  note(message: string): void {
    this.notes.push(message);
  }

  /** Adds a problem. */
  refuse(message: string): void {
    this.problems.push(message);
  }
}
