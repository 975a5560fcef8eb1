import type { ConstantAbi } from "../bpf/constants.ts";
import type { NamedAbi, Naming } from "../bpf/naming.ts";
import { X32_BIT } from "../bpf/seccomp_data.ts";
import {
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchLOONGARCH64,
  ArchMIPS,
  ArchMIPS64,
  ArchMIPS64N32,
  ArchMIPSEL,
  ArchMIPSEL64,
  ArchMIPSEL64N32,
  ArchPPC,
  ArchPPC64,
  ArchPPC64LE,
  ArchRISCV64,
  ArchS390,
  ArchS390X,
  ArchX32,
  ArchX86,
  getNativeArch,
  type ScmpArch,
  ScmpError,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import { describeNative } from "./proof.ts";

const HIGHEST = 0xffff_ffff;
const ALL: NamedAbi["numbers"] = [[0, HIGHEST]];

/** The number −1, with which a tracer skips a call, has no x32 bit to speak of. */
const NUMBERS: ReadonlyMap<ScmpArch, NamedAbi["numbers"]> = new Map([
  [ArchAMD64, [[0, X32_BIT - 1], [HIGHEST, HIGHEST]]],
  [ArchX32, [[X32_BIT, HIGHEST - 1]]],
]);

/** x32 calls come with the architecture of x86_64. */
const ARCHITECTURE: ReadonlyMap<ScmpArch, number> = new Map([
  [ArchX32, ArchAMD64.token],
]);

const CONSTANTS: ReadonlyMap<ScmpArch, ConstantAbi> = new Map([
  [ArchAMD64, "x86_64"],
  [ArchX32, "x32"],
  [ArchX86, "x86"],
  [ArchARM64, "aarch64"],
  [ArchARM, "arm"],
]);

const ARCHS: readonly ScmpArch[] = [
  ArchAMD64,
  ArchX32,
  ArchX86,
  ArchARM64,
  ArchARM,
  ArchRISCV64,
  ArchLOONGARCH64,
  ArchPPC64LE,
  ArchPPC64,
  ArchPPC,
  ArchS390X,
  ArchS390,
  ArchMIPSEL64,
  ArchMIPSEL64N32,
  ArchMIPSEL,
  ArchMIPS64,
  ArchMIPS64N32,
  ArchMIPS,
];

/** The ABIs, each with the architecture that makes its calls. */
const ABIS: ReadonlyMap<NamedAbi, ScmpArch> = new Map(
  ARCHS.map((arch) => {
    const architecture = ARCHITECTURE.get(arch) ?? arch.token;
    return [{
      name: arch.name,
      architecture,
      numbers: NUMBERS.get(arch) ?? ALL,
      // The registers of x32 are as wide as those of x86_64.
      is64Bit: arch === ArchX32 || arch.is64Bit,
      constants: CONSTANTS.get(arch),
    }, arch];
  }),
);

/** Names as libseccomp and this binding have them. */
export const naming: Naming = {
  abis: [...ABIS.keys()],
  expected: [getNativeArch().token],
  call(abi, number) {
    const arch = ABIS.get(abi);
    // −1 is no call, nor is a number below it one that the kernel has.
    if (!arch || number >= 2 ** 31) return undefined;
    try {
      return new ScmpSyscall(number).getNameByArch(arch);
    } catch (error) {
      if (error instanceof ScmpError) return undefined;
      throw error;
    }
  },
  action: describeNative,
};
