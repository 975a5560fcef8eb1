import { argumentNames } from "./arguments.ts";
import { describeConstant } from "./constants.ts";
import {
  BUT_X32,
  callsOfNumber,
  type Context,
  type KnownCall,
  knownCalls,
} from "./_contexts.ts";
import type { Held, State } from "./_flow.ts";
import type { NamedAbi, Naming } from "./naming.ts";
import * as op from "./opcode.ts";
import {
  ARCHITECTURE,
  argumentOfWord,
  NUMBER,
  POINTER,
  X32_BIT,
} from "./seccomp_data.ts";
import { WORD } from "./word_set.ts";

/** Of more calls than this it is said how many there are. */
const LISTED = 6;

/** A word of the call by name: `number`, `arg1.low (cmd)`. */
export function nameWord(
  word: number,
  { contexts }: State,
  naming: Naming,
): string {
  if (word === NUMBER) return "number";
  if (word === ARCHITECTURE) return "architecture";
  const half = argumentOfWord(word);
  if (!half) {
    return `instruction_pointer.${word === POINTER ? "low" : "high"}`;
  }
  const { argument, isHigh } = half;
  const name = common(
    knownCalls(contexts, naming),
    // On ABIs of 32 bits, some arguments take two registers.
    ({ abi, name }) =>
      abi.is64Bit ? argumentNames(name)?.[argument] : undefined,
  );
  const text = `arg${argument}.${isHigh ? "high" : "low"}`;
  return name === undefined ? text : `${text} (${name})`;
}

/** What a register holds; its own name where that is not known. */
export function nameHeld(
  held: Held,
  register: "a" | "x",
  state: State,
  naming: Naming,
): string {
  if (!held || "known" in held) return register;
  const word = nameWord(held.word, state, naming);
  if (held.mask === WORD) return word;
  return `${word} & ${nameMask(held, held.mask, state, naming)}`;
}

/** Bits of what a register holds, by meaning. */
export function nameMask(
  held: Held,
  mask: number,
  state: State,
  naming: Naming,
): string {
  const name = mask !== WORD
    ? constantOf(held, mask, state, naming)
    : undefined;
  if (name === undefined) return hex(mask);
  return name.includes("|") ? `(${name})` : name;
}

/** What a register is compared with, by meaning. */
export function nameOperand(
  held: Held,
  operand: number,
  test: number,
  state: State,
  naming: Naming,
): string {
  if (!held || "known" in held) return hex(operand);
  const isEquality = test === op.JEQ;
  if (held.word === ARCHITECTURE && isEquality && held.mask === WORD) {
    const names = naming.abis
      .filter(({ architecture }) => architecture === operand)
      .map(({ name }) => name);
    // x32 has the architecture of x86_64, and its calls another number.
    return names[0] ?? hex(operand);
  }
  if (held.word === NUMBER && (held.mask === WORD || held.mask === BUT_X32)) {
    return nameNumber(operand, isEquality, state, naming);
  }
  // A mask often leaves 0, which then names nothing.
  const isNamed = isEquality && (held.mask === WORD || operand !== 0);
  const name = isNamed && constantOf(held, operand, state, naming);
  return name || hex(operand);
}

/** Of a size comparison, the number itself counts. */
function nameNumber(
  number: number,
  isEquality: boolean,
  { contexts }: State,
  naming: Naming,
): string {
  if (!isEquality && number >= X32_BIT) return hex(number);
  const digits = number >= X32_BIT ? hex(number) : `${number}`;
  const calls = callsOfNumber(contexts, number, naming);
  if (calls.length === 0) return digits;
  const names = new Set(calls.map(({ name }) => name));
  const isOne = names.size === 1;
  const text = isOne
    ? calls[0].name
    : calls.map(({ name, abi }) => `${name} on ${abi.name}`).join(", ");
  return isEquality && isOne ? text : `${digits} (${text})`;
}

/** The one name of a number in what all calls that come here have there. */
function constantOf(
  held: Held,
  number: number,
  { contexts }: State,
  naming: Naming,
): string | undefined {
  const half = held && "word" in held ? argumentOfWord(held.word) : undefined;
  if (!half || half.isHigh) return undefined;
  return common(
    knownCalls(contexts, naming),
    ({ abi, name }) =>
      abi.constants &&
      describeConstant(name, half.argument, BigInt(number), abi.constants),
  );
}

/** What all calls have; `undefined` if they differ or there are none. */
function common(
  calls: readonly KnownCall[],
  of: (call: KnownCall) => string | undefined,
): string | undefined {
  const all = new Set(calls.map(of));
  return all.size === 1 ? [...all][0] : undefined;
}

/** Which calls come to an instruction, as far as they are told apart. */
export function nameContexts(
  { contexts }: State,
  naming: Naming,
): string | undefined {
  const calls = knownCalls(contexts, naming);
  if (calls.length > 0) return listCalls(calls);
  const abis = new Set(contexts.flatMap((context) => {
    const here = naming.abis.filter((abi) => isOf(abi, context));
    return here.length > 0 ? here : [undefined];
  }));
  return abis.has(undefined)
    ? undefined
    : [...abis].map((abi) => abi?.name).join(", ");
}

/** Calls by name, those of the same ABIs together. */
function listCalls(calls: readonly KnownCall[]): string {
  const byName = Map.groupBy(calls, ({ name }) => name);
  const names = [...byName].map(([name, same]) => ({
    name,
    abis: [...new Set(same.map(({ abi }) => abi.name))].join(", "),
  }));
  return [...Map.groupBy(names, ({ abis }) => abis)].map(([abis, same]) => {
    const which = same.length > LISTED
      ? `${same.length} calls`
      : same.map(({ name }) => name).join(", ");
    return `${which} on ${abis}`;
  }).join("; ");
}

/** Whether some of the calls are of an ABI, and all of its architecture. */
function isOf(
  { architecture: token, numbers }: NamedAbi,
  { architecture, number: { intervals } }: Context,
): boolean {
  return architecture.only === token &&
    numbers.some(([low, high]) =>
      intervals.some((first, index) =>
        index % 2 === 0 && first <= high && intervals[index + 1] >= low
      )
    );
}

export function hex(word: number): string {
  return `0x${word.toString(16)}`;
}
