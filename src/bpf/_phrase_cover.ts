import { literalsOf } from "./_literals.ts";
import type { Phrase } from "./_phrase.ts";
import { type Bits, isWithin, type Values } from "./_values.ts";

/**
 * Says which values are in a set where nothing shorter does: by alternatives,
 * each of which takes in as many values as one can that begins with the lowest
 * that is left.
 */
export function cover(bits: Bits, values: Values): Phrase[][] {
  const literals = literalsOf(values);
  const alternatives: Phrase[][] = [];
  for (let rest = bits; rest !== 0n;) {
    const lowest = rest & -rest;
    let chosen = literals.filter((literal) => isWithin(lowest, literal.bits));
    for (const literal of chosen) {
      const without = chosen.filter((other) => other !== literal);
      const taken = without.reduce((sum, { bits }) => sum & bits, values.all);
      if (isWithin(taken, bits)) chosen = without;
    }
    alternatives.push(chosen.map(({ phrase }) => phrase));
    rest &= ~chosen.reduce((sum, { bits }) => sum & bits, values.all);
  }
  return alternatives;
}
