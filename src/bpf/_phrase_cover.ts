import { type Literal, literalsOf } from "./_literals.ts";
import type { Phrase } from "./_phrase.ts";
import { type Bits, isWithin, type Values } from "./_values.ts";

/**
 * Says which values are in a set where nothing shorter does: by alternatives,
 * each of which takes in as many values as one can that begins with the lowest
 * that is left.
 *
 * @throws {BudgetError} If that is too long.
 */
export function cover(bits: Bits, values: Values): Phrase[][] {
  const literals = literalsOf(values);
  const alternatives: Phrase[][] = [];
  for (let rest = bits; rest !== 0n;) {
    const lowest = rest & -rest;
    values.spend(literals.length);
    const holding = literals.filter(({ bits }) => isWithin(lowest, bits));
    const { phrases, taken } = choose(holding, bits, values);
    alternatives.push(phrases);
    rest &= ~taken;
  }
  return alternatives;
}

/** Leaves out each phrase without which the others still keep to a set. */
function choose(
  literals: readonly Literal[],
  bits: Bits,
  values: Values,
): { readonly phrases: Phrase[]; readonly taken: Bits } {
  values.spend(2 * literals.length);
  // What the last ones have in common, by how many of them.
  const common = [values.all];
  for (const literal of literals.toReversed()) {
    common.push(common[common.length - 1] & literal.bits);
  }
  const phrases: Phrase[] = [];
  let taken = values.all;
  literals.forEach((literal, index) => {
    const without = taken & common[literals.length - 1 - index];
    if (isWithin(without, bits)) return;
    phrases.push(literal.phrase);
    taken &= literal.bits;
  });
  return { phrases, taken };
}
