import {
  ArchAMD64,
  ArchX32,
  getArchFromToken,
  type ScmpArch,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import { X32_BIT } from "../bpf/seccomp_data.ts";
import { Executables } from "./executables.ts";
import type { NotifiedCall } from "./notifications.ts";
import { type LearnedCall, MOST_SHAPES } from "./record.ts";
import { type ShapeArgument, SHAPES } from "./shape.ts";

/** What syscall(-1) shows: no call has that number. */
const NO_CALL = 0xffff_ffff;

/** One call on one ABI, as it is counted. */
interface Counted {
  readonly name: string | number;
  readonly abi: string;
  /** After such a call a thread may run another program, or be none. */
  readonly isEnd: boolean;
  readonly executables: Map<string, number>;
  readonly matter: readonly ShapeArgument[] | undefined;
  readonly shapes: Map<string, number>;
  hasMore: boolean;
}

/** The calls after which a thread may run another program, or be none. */
const ENDS = new Set(["execve", "execveat", "exit", "exit_group"]);

/** Counts the calls of a job. */
export class Recorder {
  readonly #counted = new Map<number, Map<number, Counted>>();
  readonly #executables = new Executables();
  /** How many calls there were. */
  total = 0;
  /** How many different ones. */
  different = 0;

  /** Counts one call. */
  add(call: NotifiedCall): void {
    if (call.number === NO_CALL) return;
    const counted = this.#of(call);
    const { thread } = call;
    const executable = this.#executables.of(thread, call.isWaiting);
    const { executables } = counted;
    executables.set(executable, (executables.get(executable) ?? 0) + 1);
    this.total++;
    if (counted.matter) addShape(counted, counted.matter, call);
    if (counted.isEnd) this.#executables.forget(thread);
  }

  /** What was counted so far, in no order. */
  calls(): LearnedCall[] {
    return [...this.#counted.values()].flatMap((calls) => [...calls.values()])
      .map(learnedCall);
  }

  #of(call: NotifiedCall): Counted {
    let calls = this.#counted.get(call.arch);
    if (!calls) this.#counted.set(call.arch, calls = new Map());
    let counted = calls.get(call.number);
    if (!counted) {
      calls.set(call.number, counted = count(call));
      this.different++;
    }
    return counted;
  }
}

/** Begins to count a call. */
function count({ arch: token, number }: NotifiedCall): Counted {
  const arch = abiOf(token, number);
  const name = nameOf(number, arch);
  return {
    name: name ?? number,
    abi: arch.name,
    isEnd: name !== undefined && ENDS.has(name),
    executables: new Map(),
    matter: name === undefined ? undefined : SHAPES.get(name),
    shapes: new Map(),
    hasMore: false,
  };
}

function abiOf(token: number, number: number): ScmpArch {
  const arch = getArchFromToken(token);
  return arch === ArchAMD64 && (number & X32_BIT) !== 0 ? ArchX32 : arch;
}

/** @returns `undefined` if libseccomp does not know it. */
function nameOf(number: number, arch: ScmpArch): string | undefined {
  try {
    return new ScmpSyscall(number).getNameByArch(arch);
  } catch {
    return undefined;
  }
}

function addShape(
  counted: Counted,
  matter: readonly ShapeArgument[],
  call: NotifiedCall,
): void {
  const { shapes } = counted;
  const shape = matter.map(({ index, mask }) =>
    hex(BigInt(call.high(index)) << 32n | BigInt(call.low(index)), mask)
  ).join();
  const times = shapes.get(shape) ?? 0;
  if (times === 0 && shapes.size === MOST_SHAPES) counted.hasMore = true;
  else shapes.set(shape, times + 1);
}

function hex(value: bigint, mask: bigint): string {
  return `0x${(value & mask).toString(16)}`;
}

function learnedCall(counted: Counted): LearnedCall {
  const { name, abi, executables, shapes, hasMore } = counted;
  const seen = [...shapes].map(([key, count]) => ({
    values: key.split(","),
    count,
  }));
  return {
    ...{ name, abi },
    count: [...executables.values()].reduce((sum, times) => sum + times, 0),
    executables: Object.fromEntries(executables),
    ...seen.length > 0 ? { shapes: seen } : {},
    ...hasMore ? { moreShapes: true } : {},
  };
}
