import type { ConstantAbi } from "./constants.ts";

/** An ABI: whose calls are told apart by the kernel, and how. */
export interface NamedAbi {
  /** libseccomp's name: `x86_64`, `x32`. */
  readonly name: string;
  /** `AUDIT_ARCH_*`, as the kernel reports it; x32 shares that of x86_64. */
  readonly architecture: number;
  /** The numbers that are its calls, lowest and highest of each interval. */
  readonly numbers: readonly (readonly [lowest: number, highest: number])[];
  /** Whether arguments are 64 bits wide. */
  readonly is64Bit: boolean;
  /** Whose constants its arguments are, if they are known. */
  readonly constants: ConstantAbi | undefined;
}

/** Where names for what programs do come from. */
export interface Naming {
  /** The ABIs that have names. */
  readonly abis: readonly NamedAbi[];
  /**
   * Architectures whose calls are told apart even if a program does not: those
   * that this machine can run.
   */
  readonly expected: readonly number[];
  /**
   * The name of a call.
   *
   * @param abi The ABI.
   * @param number The number as the kernel reports it, unsigned.
   */
  readonly call: (abi: NamedAbi, number: number) => string | undefined;
  /** An action with its data as people write it: `ActErrno(EPERM)`. */
  readonly action: (action: number) => string;
}

/** The ABI that a call belongs to, if it has a name. */
export function abiOfCall(
  { abis }: Naming,
  architecture: number,
  number: number,
): NamedAbi | undefined {
  return abis.find((abi) =>
    abi.architecture === architecture &&
    abi.numbers.some(([lowest, highest]) =>
      number >= lowest && number <= highest
    )
  );
}
