import { disassemble } from "../bpf/disassemble.ts";
import { renderLines } from "../bpf/disassemble_text.ts";
import { decode } from "../bpf/program.ts";
import { WIDTH, wrap } from "../bpf/wrap.ts";
import { naming } from "../policy/naming.ts";

/** A program, and what people call it. */
export interface NamedProgram {
  readonly name: string;
  /** An array of `struct sock_filter`. */
  readonly bytes: Uint8Array;
}

/**
 * One of some programs.
 *
 * @param number Which one in the order in which they are loaded, 1 for the
 * first.
 * @throws {RangeError} If there is no such program.
 */
export function choose<T>(programs: readonly T[], number: number): T {
  const chosen = programs.at(number - 1);
  if (Number.isInteger(number) && number >= 1 && chosen !== undefined) {
    return chosen;
  }
  const range = programs.length === 1 ? "1" : `1 to ${programs.length}`;
  throw new RangeError(`--filter takes the number of a program here: ${range}`);
}

/** Programs as instructions that people can read, each below its name. */
export function renderCode(
  programs: readonly NamedProgram[],
  width = WIDTH,
): string {
  const paragraphs = programs.map(({ name, bytes }) => {
    const program = decode(bytes);
    const lines = renderLines(disassemble(program, naming), width);
    const heading = `${name}: ${countOf(program.length)}`;
    return [...wrap(heading, "", "  ", width), ...lines, ""].join("\n");
  });
  return paragraphs.join("\n");
}

/** A number of instructions in words. */
export function countOf(instructions: number): string {
  return instructions === 1 ? "1 instruction" : `${instructions} instructions`;
}

/**
 * Writes a program to standard output as it is loaded.
 *
 * @throws {Error} If there are several, or if people would have to read it.
 */
export function writeCode(programs: readonly NamedProgram[]): void {
  const [only, ...others] = programs;
  if (others.length > 0) {
    throw new Error(
      `there are ${programs.length} programs; say which one with --filter, 1 to ${programs.length}: ` +
        programs.map(({ name }) => name).join(", "),
    );
  }
  if (Deno.stdout.isTerminal()) {
    throw new Error(
      "--format bpf writes bytes that are no text: redirect standard output to a file",
    );
  }
  for (let rest = only.bytes; rest.length > 0;) {
    rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}
