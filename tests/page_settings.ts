/**
 * Where the pages of the documentation have their reader sit, and which of their
 * commands other tests run.
 *
 * @module
 */

import { getLibraryVersion } from "../src/libseccomp/mod.ts";
import { readPage, type Step, stepsOf } from "./page.ts";

const { major, minor, micro } = getLibraryVersion();

/**
 * Why commands print something else here than the pages show, if they do: other
 * versions of libseccomp know other calls, and make other programs.
 */
export const otherOutput =
  Deno.build.arch === "x86_64" && `${major}.${minor}.${micro}` === "2.5.4"
    ? undefined
    : "the pages show what libseccomp 2.5.4 makes on x86_64";

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

/** Commands that are not run where their page is followed. */
export interface Excuse {
  readonly page: string;
  readonly commands: readonly string[];
  readonly reason: string;
  /** The test that runs them, or what they are made of. */
  readonly test: string;
  /** Where in the test it is seen. */
  readonly seen: string;
}

export const EXCUSES: readonly Excuse[] = [
  {
    page: "README.md",
    commands: ["scripts/demo"],
    reason: "it builds, and plays a job of its own",
    test: "tests/scripts_test.ts",
    seen: 'new Deno.Command("scripts/demo"',
  },
  {
    page: "README.md",
    commands: ["scripts/test"],
    reason: "it runs all tests, this one among them",
    test: "scripts/test",
    seen: "scripts/deno test",
  },
  {
    page: "docs/benchmarks.md",
    commands: [
      "scripts/bench",
      "scripts/bench --chart docs/benchmarks.svg 400",
      "scripts/bench --quick",
    ],
    reason:
      "they measure for long, and install what they compare with; the test takes each measurement once",
    test: "tests/bench_test.ts",
    seen: "measureCalls(",
  },
  {
    page: "docs/benchmarks.md",
    commands: [
      "scripts/load",
      "scripts/load --launches 200 --parallel 16",
    ],
    reason: "they measure for long; the test launches less often",
    test: "tests/load_test.ts",
    seen: "launchClean(",
  },
  {
    page: "docs/commands.md",
    commands: ["jacamar-seccomp manual | man -l -"],
    reason: "not every machine has man",
    test: "tests/manual_test.ts",
    seen: '"man", "--warnings", "-l", "-"',
  },
  {
    page: "docs/operating.md",
    commands: [
      "cd /usr/local && sha256sum --check --quiet share/doc/jacamar-seccomp/SHA256SUMS",
      "cd /usr/local && sed 's/^[^ ]*  //' share/doc/jacamar-seccomp/SHA256SUMS | xargs rm",
      "rm -r share/jacamar-seccomp share/doc/jacamar-seccomp share/licenses/jacamar-seccomp",
    ],
    reason: "the tarball has to be made and unpacked before",
    test: "tests/release_test.ts",
    seen: 'excusesOf("docs/operating.md")',
  },
  {
    page: "docs/testing.md",
    commands: [
      "scripts/deno test --allow-ffi plugins/",
      "../jacamar-seccomp/scripts/deno test --allow-ffi",
    ],
    reason: "they are run in two folders",
    test: "tests/docs_testing_test.ts",
    seen: 'excusesOf("docs/testing.md")',
  },
];

/** The commands of a page that are not run where it is followed. */
export function excusesOf(page: string): string[] {
  return EXCUSES.filter((excuse) => excuse.page === page)
    .flatMap(({ commands }) => commands);
}

/** What there is to do on a page, without what another test does. */
export function stepsToFollow(page: string): Step[] {
  const excused = excusesOf(page);
  return stepsOf(readPage(page)).filter((step) =>
    !("line" in step) || !excused.includes(step.line)
  );
}
