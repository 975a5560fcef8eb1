import type { KeyPath } from "./locate.ts";
import type { SeccompTable, StageTable } from "./schema.ts";

/** Two things that the configuration says and that make no sense together. */
export interface Contradiction {
  /** Where it stands, below `[auth.seccomp]`. */
  readonly path: KeyPath;
  readonly message: string;
}

/** What each key says for itself may still make no sense together. */
export function findContradictions(seccomp: SeccompTable): Contradiction[] {
  const found: Contradiction[] = [];
  const note = (path: KeyPath, message: string) =>
    found.push({ path, message });
  const { block_all, profile, profile_capabilities } = seccomp;
  if (block_all && profile !== undefined) {
    note(["block_all"], "block_all does nothing: the profile has a default");
  }
  if (profile_capabilities !== undefined && profile === undefined) {
    note(
      ["profile_capabilities"],
      "profile_capabilities does nothing without a profile",
    );
  }
  const tables: [KeyPath, StageTable][] = [
    [[], seccomp],
    ...Object.entries(seccomp.stages).map((
      [stage, table],
    ): [KeyPath, StageTable] => [["stages", stage], table]),
  ];
  for (const [path, table] of tables) {
    const { allow_calls = [], block_calls = [] } = table;
    if (allow_calls.length > 0 && !block_all && profile === undefined) {
      note(
        [...path, "allow_calls"],
        "allow_calls does nothing without block_all = true or a profile",
      );
    }
    if (block_calls.length > 0 && block_all) {
      note(
        [...path, "block_calls"],
        "block_calls does nothing together with block_all = true",
      );
    }
    const allowed = [...seccomp.allow_calls ?? [], ...allow_calls];
    const blocked = [...seccomp.block_calls ?? [], ...block_calls];
    for (const name of new Set(blocked)) {
      const isOwn = allow_calls.includes(name) || block_calls.includes(name);
      if (!allowed.includes(name) || !isOwn) continue;
      const key = block_calls.includes(name) ? "block_calls" : "allow_calls";
      note(
        [...path, key],
        `${name} is in both allow_calls and block_calls`,
      );
    }
    const plugins = [table.validation_plugin ?? []].flat().length;
    const digests = [table.validation_plugin_sha256 ?? []].flat().length;
    if (table.validation_plugin_sha256 !== undefined && digests !== plugins) {
      note(
        [...path, "validation_plugin_sha256"],
        `validation_plugin_sha256 has ${digests} digests for ${plugins} plugins`,
      );
    }
  }
  return found;
}
