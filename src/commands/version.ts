import configuration from "../../deno.json" with { type: "json" };
import { getLibraryVersion } from "../libseccomp/mod.ts";

/** What the program was built with and runs on. */
interface Facts {
  readonly version: string;
  readonly deno: string;
  readonly v8: string;
  readonly target: string;
  /** That of the library here; `null` if it cannot be used. */
  readonly libseccomp: string | null;
}

/**
 * What `--version` prints.
 *
 * @param json Whether to print JSON.
 * @returns Text that ends in a newline; the first line is the program's name
 * and version.
 */
export function renderVersion(json: boolean): string {
  const { problem, ...facts } = gather();
  if (json) return `${JSON.stringify(facts, null, 2)}\n`;
  return [
    `jacamar-seccomp ${facts.version}`,
    `Deno ${facts.deno}, V8 ${facts.v8}, ${facts.target}`,
    `libseccomp ${facts.libseccomp ?? `cannot be used: ${problem}`}`,
    "",
  ].join("\n");
}

function gather(): Facts & { readonly problem?: string } {
  const facts = {
    version: configuration.version,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    target: Deno.build.target,
  };
  try {
    const { major, minor, micro } = getLibraryVersion();
    return { ...facts, libseccomp: `${major}.${minor}.${micro}` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ...facts, libseccomp: null, problem: error.message };
  }
}
