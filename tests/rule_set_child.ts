/**
 * Has libseccomp make programs of sets of rules, in a process that can be ended:
 * with some sets libseccomp never comes to an end.
 *
 * One JSON a line: reads a {@linkcode RuleSet}, writes a {@linkcode Made} once
 * libseccomp has a program, and a {@linkcode Judged} once the proof is done.
 *
 * @module
 */
import { conclude } from "../src/libseccomp/host.ts";
import { ProofError, prove } from "../src/policy/proof.ts";
import { type RuleSet, tell } from "./rule_set.ts";

/** What libseccomp made of a set. */
export interface Made {
  readonly index: number;
  /** For each rule, whether libseccomp took it. */
  readonly taken: readonly boolean[];
  readonly program: string;
}

/** What the proof made of that. */
export interface Judged {
  readonly index: number;
  /** Proven programs; `undefined` if it cannot be proven. */
  readonly programs?: readonly string[];
  /** Why not. */
  readonly reason?: string;
}

/** Writes a line. */
function report(line: Made | Judged): void {
  let rest = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

if (import.meta.main) {
  const text = await new Response(Deno.stdin.readable).text();
  const first = Number(Deno.args[0]);
  for (const [at, line] of text.trimEnd().split("\n").entries()) {
    const index = first + at;
    const set: RuleSet = JSON.parse(line);
    const { filter, taken } = tell(set);
    const { journal, program } = conclude(filter);
    report({ index, taken, program: program.toBase64() });
    try {
      const { programs } = prove(journal, program);
      report({ index, programs: programs.map((each) => each.toBase64()) });
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      report({ index, reason: error.message });
    }
  }
}
