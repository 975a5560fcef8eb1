import * as op from "./opcode.ts";
import { DATA_SIZE } from "./seccomp_data.ts";
import { WORD } from "./word_set.ts";

/**
 * What a register holds: a number, or a word of the call with some of its bits.
 */
export type Value =
  | { readonly known: number }
  | { readonly word: number; readonly mask: number };

/** What a load puts into a register, given what memory holds. */
export function load<Held>(
  code: number,
  k: number,
  memory: readonly Held[],
): Value | Held {
  switch (code & ~op.CLASS) {
    case op.ABS:
      return { word: k >> 2, mask: WORD };
    case op.MEM:
      return memory[k];
    case op.LEN:
      return { known: DATA_SIZE };
    default:
      return { known: k };
  }
}
