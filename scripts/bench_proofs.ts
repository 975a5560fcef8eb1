/**
 * What one proof takes in a process of its own, where it is as cold as in
 * `exec`.
 *
 * @module
 */
import { median, table } from "./bench_table.ts";

/** What is proven, by the names that bench_proof.ts has for them. */
const PROOFS = [
  ["the demo's filter", "demo"],
  ["an allowlist of 400 calls", "allowlist"],
] as const;

/** @param file The compiled bench_proof.ts. */
export function proofTable(file: string, rounds: number): string {
  const once = (what: string) => {
    const { stdout } = new Deno.Command(file, { args: [what] }).outputSync();
    return Number(new TextDecoder().decode(stdout));
  };
  return table(
    ["proof, cold", "median, ms"],
    PROOFS.map(([name, what]) => {
      const times = Array.from({ length: rounds }, () => once(what));
      return [name, median(times).toFixed(2)];
    }),
  );
}
