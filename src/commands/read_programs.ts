import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import { MOST_INSTRUCTIONS } from "../bpf/program.ts";
import { attachedFilters } from "../libc/attached_filters.ts";
import type { NamedProgram } from "./show_code.ts";
import type { ProgramsRequest } from "./show_flags.ts";

/** One more byte than a program can have: then it is refused for its size. */
const MOST_BYTES = MOST_INSTRUCTIONS * INSTRUCTION_SIZE + 1;

/** Programs, and where they are from. */
export interface ReadPrograms {
  /** What people call all of them together. */
  readonly title: string;
  /** In the order in which they are loaded; none if a process has no filter. */
  readonly programs: readonly NamedProgram[];
}

/**
 * Reads the programs of a file or of a process.
 *
 * @throws {AttachedFiltersError} If those of a process cannot be read.
 * @throws {Error} If a file cannot be read.
 */
export function readPrograms(from: ProgramsRequest["from"]): ReadPrograms {
  if ("pid" in from) {
    const title = `process ${from.pid}`;
    const programs = attachedFilters(from.pid).map((bytes, index) => ({
      name: `program ${index + 1} of ${title}`,
      bytes,
    }));
    return { title, programs };
  }
  const name = from.file === "-" ? "standard input" : from.file;
  return {
    title: name,
    programs: [{ name, bytes: readFile(from.file, name) }],
  };
}

function readFile(file: string, name: string): Uint8Array {
  try {
    if (file === "-") return readMost(Deno.stdin);
    using opened = Deno.openSync(file);
    return readMost(opened);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new Error(`could not read ${name}: ${cause.message}`, { cause });
  }
}

/** A file such as /dev/zero has no end. */
function readMost(file: { readSync(bytes: Uint8Array): number | null }) {
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  while (length < MOST_BYTES) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null || count === 0) break;
    length += count;
  }
  return bytes.slice(0, length);
}
