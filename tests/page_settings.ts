/**
 * Where the pages of the documentation have their reader sit, and which of their
 * commands other tests run.
 *
 * @module
 */

import { readPage, type Step, stepsOf } from "./page.ts";

/** What is around the reader of a page. */
export interface Setting {
  /** The folder, as the page names it. */
  readonly folder: string;
  /** Whether it is a clone of this repository. */
  readonly isClone?: boolean;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  "README.md": { folder: "/opt/jacamar-seccomp", isClone: true },
  "docs/learn.md": { folder: "/opt/jacamar/plugins" },
  "docs/plugins.md": { folder: "/opt/jacamar/plugins" },
};

/** Where a page has its reader sit. */
export function settingOf(page: string): Setting {
  return SETTINGS[page] ?? { folder: "/etc/jacamar" };
}

/** A command that is not run where its page is followed. */
export interface Excuse {
  readonly page: string;
  readonly command: string;
  readonly reason: string;
  /** The test that runs it. */
  readonly test: string;
}

export const EXCUSES: readonly Excuse[] = [
  {
    page: "README.md",
    command: "scripts/demo",
    reason: "it builds, and plays a job of its own",
    test: "tests/scripts_test.ts",
  },
  {
    page: "README.md",
    command: "scripts/test",
    reason: "it runs all tests, this one among them",
    test: "scripts/test",
  },
  {
    page: "docs/commands.md",
    command: "jacamar-seccomp manual | man -l -",
    reason: "not every machine has man",
    test: "tests/manual_test.ts",
  },
];

/** What there is to do on a page, without what another test does. */
export function stepsToFollow(page: string): Step[] {
  const excused = EXCUSES.filter((excuse) => excuse.page === page)
    .map(({ command }) => command);
  return stepsOf(readPage(page)).filter((step) =>
    !("line" in step) || !excused.includes(step.line)
  );
}
