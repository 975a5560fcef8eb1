import { files } from "./_constants_files.ts";
import { ioctls } from "./_constants_ioctls.ts";
import { kernel } from "./_constants_kernel.ts";
import { memory } from "./_constants_memory.ts";
import { processes } from "./_constants_processes.ts";
import { sockets } from "./_constants_sockets.ts";

/** An ABI whose constants are known, by libseccomp's name. */
export type ConstantAbi = "x86_64" | "x32" | "x86" | "aarch64" | "arm";

/** A constant. */
export interface Constant {
  readonly name: string;
  /**
   * Its value on x86_64 and on the ABIs that are not among `others`, an unsigned
   * 64-bit number; `undefined` where it does not exist.
   */
  readonly value: bigint | undefined;
  /** Its value on the ABIs where it differs. */
  readonly others: ReadonlyMap<string, bigint | undefined>;
}

/** The value of a constant on an ABI; `undefined` where it does not exist. */
export function valueOn(
  { value, others }: Constant,
  abi: ConstantAbi,
): bigint | undefined {
  return others.has(abi) ? others.get(abi) : value;
}

/**
 * All constants, by family. Of two names of one value, the better-known comes
 * first.
 *
 * In the tables, a family is a paragraph: `FAMILY: description`, and below it
 * its constants. `O_DIRECT=0o40000@aarch64,arm=0o200000` has one value on all
 * ABIs but those two; `-` means that there it does not exist.
 */
export const families: ReadonlyMap<string, readonly Constant[]> = new Map(
  [sockets, files, memory, processes, kernel, ioctls]
    .flatMap((table) => table.trim().split(/\n(?! )/))
    .map((paragraph) => {
      const [head, ...lines] = paragraph.split("\n");
      const tokens = lines.join(" ").trim().split(/ +/);
      return [head.slice(0, head.indexOf(":")), tokens.map(parseConstant)];
    }),
);

function parseConstant(token: string): Constant {
  const [head, ...exceptions] = token.split("@");
  const [name, value] = head.split("=");
  const others = exceptions.flatMap((exception) => {
    const [abis, other] = exception.split("=");
    return abis.split(",").map((abi) => [abi, parseValue(other)] as const);
  });
  return { name, value: parseValue(value), others: new Map(others) };
}

function parseValue(text: string): bigint | undefined {
  return text === "-" ? undefined : BigInt.asUintN(64, BigInt(text));
}
