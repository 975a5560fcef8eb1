import { at, ConfigurationError } from "./error.ts";
import type { KeyPath, Locate } from "./locate.ts";
import { nearest } from "./nearest.ts";

/** Our tables, by where they stand. */
const TABLES: readonly {
  readonly parent: KeyPath;
  readonly names: readonly string[];
}[] = [
  { parent: [], names: ["auth"] },
  { parent: ["auth"], names: ["seccomp", "logging"] },
];

/**
 * Other tables are Jacamar's and left alone, but not one that can only be ours
 * with a slip of the pen: it would be a policy that is not there.
 */
export async function refuseMisspeltTables(
  file: string,
  document: unknown,
  lines: () => Promise<Locate>,
): Promise<void> {
  for (const { parent, names } of TABLES) {
    let table = document;
    for (const key of parent) table = isTable(table) ? table[key] : undefined;
    if (!isTable(table)) continue;
    for (const key of Object.keys(table)) {
      const right = await meantTable(parent, key, names);
      if (right === undefined) continue;
      const wrong = [...parent, key];
      const place = (await lines())(wrong);
      throw new ConfigurationError([
        at(
          file,
          place,
          `unknown table [${wrong.join(".")}], did you mean [${right}]?`,
        ),
      ]);
    }
  }
  const misplaced = findMisplaced(document);
  if (misplaced) {
    const place = (await lines())(misplaced);
    const what = misplaced.join(".");
    throw new ConfigurationError([
      at(file, place, `${what} is not read here: it belongs to [auth.seccomp]`),
    ]);
  }
}

/** Keys of `[auth.seccomp]` that nothing else in a jacamar.toml is called. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  "allow_calls",
  "block_all",
  "block_calls",
  "block_tty_injection",
  "enforce_defaults",
  "limit_setuid",
  "seccomp",
  "validation_plugin",
  "validation_plugin_sha256",
]);

/**
 * Finds what can only be ours and stands where it would not be read.
 *
 * @param document The document.
 * @returns Its path, or `undefined` if there is none.
 */
function findMisplaced(document: unknown): KeyPath | undefined {
  const visit = (table: unknown, path: KeyPath): KeyPath | undefined => {
    if (!isTable(table)) return undefined;
    for (const [key, value] of Object.entries(table)) {
      const here = [...path, key];
      if (here.join(".") === "auth.seccomp") continue;
      if (OWN_KEYS.has(key)) return here;
      const below = visit(value, here);
      if (below) return below;
    }
    return undefined;
  };
  return visit(document, []);
}

/** Which of our tables a table was most likely meant to be, if any. */
async function meantTable(
  parent: KeyPath,
  key: string,
  names: readonly string[],
): Promise<string | undefined> {
  if (names.includes(key)) return undefined;
  if (parent.length === 0 && key === "seccomp") return "auth.seccomp";
  const lower = key.toLowerCase();
  // Most tables are so unlike that there is no need to measure how much.
  const alike = names.filter((name) =>
    lower[0] === name[0] || lower.endsWith(name.slice(-3))
  );
  const near = alike.length === 0 ? undefined : await nearest(lower, alike);
  return near === undefined ? undefined : [...parent, near].join(".");
}

function isTable(
  value: unknown,
): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
