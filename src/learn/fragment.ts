import type { ScmpArch } from "../libseccomp/mod.ts";
import { plural, reason } from "./comment.ts";
import { fold, isOnOneOf } from "./fold.ts";
import { header, placeOf, type Written } from "./header.ts";
import { injections } from "./injections.ts";
import {
  ANY_STAGE,
  type LearnedCall,
  type LearnedStage,
  type LearnRecord,
} from "./record.ts";
import { architecturesOf, type Tally, tally, together } from "./tally.ts";
import { UNSEEN } from "./unseen.ts";

export type { Written } from "./header.ts";

/** What all lists of a fragment have in common. */
interface Scope {
  readonly architectures: readonly ScmpArch[];
  readonly notes: string[];
}

/** A line of a list, with its reason. */
interface Line {
  readonly name: string;
  readonly reason: string;
}

/** What a list opens, and the lines of it. */
interface List {
  readonly lines: readonly string[];
  readonly calls: ReadonlySet<string>;
}

/**
 * Writes the `[auth.seccomp]` that lets pass what was seen: a list for each
 * stage, and a line for each call with its reason behind it. What was learned
 * of no certain stage passes at every one; where there is nothing of that kind,
 * no job is started at a stage that was not learned.
 *
 * @param record The record; as `parseRecord` or `mergeRecords` return it.
 * @returns The fragment, in TOML, and what is missing in it.
 * @throws {ScmpError} If libseccomp cannot be opened.
 */
export function writeFragment(record: LearnRecord): Written {
  const scope = { architectures: architecturesOf(record), notes: [] };
  const { [ANY_STAGE]: general, ...stages } = record.stages;
  const base = general && listOf(ANY_STAGE, general, new Set(), scope);
  const tables = Object.entries(stages).flatMap(([name, stage]) => {
    const { lines } = listOf(name, stage, base?.calls ?? new Set(), scope);
    const beside = base ? ["# Beside what passes at every stage:"] : [];
    return ["", `[auth.seccomp.stages.${tomlKey(name)}]`, ...beside, ...lines];
  });
  const lines = [
    ...header(record).map((line) => `# ${line}`.trimEnd()),
    "",
    "[auth.seccomp]",
    "block_all = true",
    ...isWithoutClone3(record) ? WITHOUT_CLONE3 : [],
    ...architectureLines(scope.architectures),
    "",
    ...base ? ["# These pass at every stage.", ...base.lines] : EMPTY,
    ...tables,
  ];
  return { text: `${lines.join("\n")}\n`, notes: scope.notes };
}

/** The list of all stages where each has only its own. */
const EMPTY = [
  "# Nothing passes at every stage, execve neither: at a stage that has no table",
  "# below no job is started. What such a stage calls has to be learned first.",
  "allow_calls = []",
];

/** Whether at some stage clone passes and clone3 does not (see lint_startup.ts). */
function isWithoutClone3({ stages }: LearnRecord): boolean {
  const always = stages[ANY_STAGE]?.calls ?? [];
  return Object.values(stages).some(({ calls }) => {
    const names = [...always, ...calls].map(({ name }) => name);
    return names.includes("clone") && !names.includes("clone3");
  });
}

const WITHOUT_CLONE3 = [
  "# clone was called and clone3 was not: where glibc would make threads by clone3",
  "# it fails, and check warns of that. It turns to clone on ENOSYS alone:",
  '# errno = "ENOSYS"',
];

function architectureLines(architectures: readonly ScmpArch[]): string[] {
  const [, ...others] = architectures.map(({ name }) => name);
  if (others.length === 0) return [];
  const names = ["native", ...others].map((name) => `"${name}"`).join(", ");
  return [
    `# Calls were made on ${
      others.join(", ")
    } too; each list holds for all of these.`,
    `architectures = [${names}]`,
  ];
}

/**
 * The list of a stage.
 *
 * @param opened What need not be listed, as it passes at every stage.
 */
function listOf(
  name: string,
  stage: LearnedStage,
  opened: ReadonlySet<string>,
  { architectures, notes }: Scope,
): List {
  const seen = tally(stage);
  const where = placeOf(name);
  notes.push(...injections(stage.calls).map((note) => `${where}${note}`));
  const listed = [...seen.named.keys()].filter((call) => !opened.has(call));
  const entries = fold(listed, architectures);
  const lines = entries.map(({ name, calls }): Line => ({
    name,
    reason: reasonOf(calls, seen, architectures[0]),
  }));
  const unseen = UNSEEN.flatMap(({ calls, why }) =>
    calls.filter((call) =>
      !opened.has(call) && !seen.named.has(call) &&
      isOnOneOf(call, architectures)
    ).map((name): Line => ({ name, reason: why }))
  );
  notes.push(...seen.unlisted.map((call) => `${where}${unlisted(call)}`));
  return {
    lines: render(lines, unseen, seen.unlisted),
    calls: new Set([...listed, ...unseen.map(({ name }) => name)]),
  };
}

/** Who made the calls of an entry, and on which ABIs if it was another one. */
function reasonOf(
  calls: readonly string[],
  { named }: Tally,
  native: ScmpArch,
): string {
  const { count, executables, abis } = together(
    calls.flatMap((call) => named.get(call) ?? []),
  );
  const where = abis.join() === native.name ? "" : `, on ${abis.join(" and ")}`;
  const what = calls.length > 1 ? `${calls.length} calls, ` : "";
  return `${what}${reason(count, executables)}${where}`;
}

function unlisted({ name, abi, count }: LearnedCall): string {
  const what = typeof name === "number"
    ? `call ${name} of ${abi} has no name`
    : `${name} of ${abi} is not known`;
  return `${what} in this libseccomp and is in no list; it was made ${
    plural(count, "time")
  }`;
}

function render(
  seen: readonly Line[],
  unseen: readonly Line[],
  left: readonly LearnedCall[],
): string[] {
  const all = [...seen, ...unseen];
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  const line = ({ name, reason }: Line) =>
    `  ${`"${name}",`.padEnd(width + 3)}  # ${reason}`;
  const leftOut = left.map((call) => `  # ${unlisted(call)}`);
  if (all.length + leftOut.length === 0) return ["allow_calls = []"];
  return [
    "allow_calls = [",
    ...seen.map(line),
    ...leftOut,
    ...unseen.length > 0 ? [...UNSEEN_COMMENT, ...unseen.map(line)] : [],
    "]",
  ];
}

const UNSEEN_COMMENT = [
  "  # Not seen, and they may come all the same: they depend on timing, on sizes or",
  "  # on the machine.",
];

/** A key of TOML, in quotes where it needs them. */
function tomlKey(name: string): string {
  // TOML takes all escapes of JSON, and no DEL as it is.
  return /^[\w-]+$/.test(name)
    ? name
    : JSON.stringify(name).replaceAll("\x7f", "\\u007f");
}
