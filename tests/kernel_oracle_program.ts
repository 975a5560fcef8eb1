/**
 * Builds the program of the oracle: the filters and the questions, and behind
 * them the code that answers.
 *
 * @module
 */
import { INSTRUCTION_SIZE } from "../src/bpf/instruction.ts";
import type { OracleCase } from "./kernel_oracle.ts";
import { PROGRAM, QUESTION } from "./kernel_oracle_layout.ts";
import { oracleCode } from "./kernel_oracle_machine.ts";
import { checkCall, type ProbeCall } from "./probe.ts";
import { DATA_ADDRESS, executable } from "./probe_elf.ts";
import { MACHINES, numberOf } from "./probe_machine.ts";

/** What `len` of `struct sock_fprog` has room for. */
const MOST_INSTRUCTIONS = 0xffff;

/**
 * Builds the program.
 *
 * @param cases With at least one call among them.
 * @returns A static ELF executable for x86_64, which writes a slot for each
 * call to standard output.
 * @throws {RangeError} If it could not mean what is asked.
 */
export function oracleProgram(
  cases: readonly OracleCase[],
): Uint8Array<ArrayBuffer> {
  const data = new Data();
  const questions = cases.flatMap(({ programs, calls, together = false }) => {
    const address = placePrograms(data, programs);
    return calls.map((call, index) =>
      question(data, call, {
        address,
        count: programs.length,
        goesOn: together && index < calls.length - 1,
      })
    );
  });
  const address = data.place(questions);
  const code = oracleCode(address, questions.length);
  return executable(MACHINES.x86_64.elf, data.bytes(), code);
}

/** Data that grows. */
class Data {
  readonly #parts: Uint8Array[] = [];
  readonly #texts = new Map<string, number>();
  #size = 0;

  /** Appends bytes and returns the address of the first. */
  place(parts: readonly Uint8Array[]): number {
    const address = DATA_ADDRESS + this.#size;
    for (const part of parts) {
      this.#parts.push(part);
      this.#size += part.length;
    }
    return address;
  }

  /** The address of a text, NUL-terminated. */
  text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const address = this.place([new TextEncoder().encode(`${text}\0`)]);
    this.#texts.set(text, address);
    return address;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

/** Places the programs of a case and returns the address of the first's header. */
function placePrograms(data: Data, programs: readonly Uint8Array[]): number {
  if (programs.length === 0) throw new RangeError("a case needs a program");
  const headers = new DataView(new ArrayBuffer(programs.length * PROGRAM.size));
  programs.forEach((program, index) => {
    const count = program.length / INSTRUCTION_SIZE;
    if (!Number.isInteger(count) || count > MOST_INSTRUCTIONS) {
      throw new RangeError(`a program cannot have ${count} instructions`);
    }
    const at = index * PROGRAM.size;
    headers.setUint16(at + PROGRAM.length, count, true);
    const address = BigInt(data.place([program]));
    headers.setBigUint64(at + PROGRAM.address, address, true);
  });
  return data.place([new Uint8Array(headers.buffer)]);
}

/** What a question has besides its call. */
interface Setting {
  /** Where the headers of its programs are, and how many. */
  readonly address: number;
  readonly count: number;
  readonly goesOn: boolean;
}

function question(
  data: Data,
  { abi, number, args }: ProbeCall,
  { address, count, goesOn }: Setting,
): Uint8Array {
  checkCall(number, args);
  const words = new DataView(new ArrayBuffer(QUESTION.size));
  const put = (at: number, value: number | bigint) =>
    words.setBigUint64(at, BigInt(value), true);
  put(QUESTION.programs, address);
  put(QUESTION.count, count);
  put(QUESTION.way, abi === "x86" ? 1 : 0);
  put(QUESTION.number, numberOf(abi, number));
  put(QUESTION.goesOn, goesOn ? 1 : 0);
  args.forEach((arg, index) => {
    const value = typeof arg === "string" ? data.text(arg) : arg;
    put(QUESTION.args + 8 * index, value);
  });
  return new Uint8Array(words.buffer);
}
