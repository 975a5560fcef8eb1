import { ScmpError } from "./error.ts";

/** `__AUDIT_ARCH_64BIT` and `__AUDIT_ARCH_LE` of include/uapi/linux/audit.h. */
const IS_64_BIT = 0x8000_0000;
const IS_LITTLE_ENDIAN = 0x4000_0000;

/** Makes one of the constants below; nobody else can. */
let define: (name: string, token: number) => ScmpArch;

/** Who has it may call the constructor, which is private in TypeScript only. */
const KEY = Symbol();

/**
 * A system call ABI. Two of them are the same if their tokens are.
 *
 * Source: seccomp_arch_add(3); the tokens are the kernel's `AUDIT_ARCH_*`
 * (include/uapi/linux/audit.h), and for the ABIs that share one, those of
 * seccomp.h. `ScmpArch` of libseccomp-golang.
 */
export class ScmpArch {
  static {
    define = (name, token) => new ScmpArch(KEY, name, token);
  }

  /** libseccomp's name for it: `x86_64`, `aarch64`, … */
  readonly name: string;
  /** The token, an unsigned 32-bit number. */
  readonly token: number;

  readonly #brand = true;

  private constructor(key: symbol, name: string, token: number) {
    if (key !== KEY) {
      throw new ScmpError(
        "EINVAL",
        "the architectures are the Arch… constants",
      );
    }
    this.name = name;
    this.token = token;
    Object.freeze(this);
  }

  /** Whether a value is one that this class made, and not just like it. */
  static is(value: unknown): value is ScmpArch {
    return typeof value === "object" && value !== null && #brand in value;
  }

  /**
   * Whether arguments are compared over 64 bits. On the other architectures,
   * x32 among them, libseccomp compares the low 32 bits of argument and value.
   */
  get is64Bit(): boolean {
    return (this.token & IS_64_BIT) !== 0;
  }

  /** Whether words are little-endian. */
  get isLittleEndian(): boolean {
    return (this.token & IS_LITTLE_ENDIAN) !== 0;
  }

  /** The architecture's name. */
  toString(): string {
    return this.name;
  }
}

/** 32-bit x86. */
export const ArchX86: ScmpArch = define("x86", 0x4000_0003);
/** 64-bit x86, also called amd64. */
export const ArchAMD64: ScmpArch = define("x86_64", 0xc000_003e);
/** The x32 ABI: 64-bit x86 with 32-bit pointers. */
export const ArchX32: ScmpArch = define("x32", 0x4000_003e);
/** 32-bit Arm, EABI. */
export const ArchARM: ScmpArch = define("arm", 0x4000_0028);
/** 64-bit Arm. */
export const ArchARM64: ScmpArch = define("aarch64", 0xc000_00b7);
/** 32-bit MIPS. */
export const ArchMIPS: ScmpArch = define("mips", 0x0000_0008);
/** 64-bit MIPS. */
export const ArchMIPS64: ScmpArch = define("mips64", 0x8000_0008);
/** 64-bit MIPS with 32-bit pointers. */
export const ArchMIPS64N32: ScmpArch = define(
  "mips64n32",
  0xa000_0008,
);
/** 32-bit MIPS, little-endian. */
export const ArchMIPSEL: ScmpArch = define("mipsel", 0x4000_0008);
/** 64-bit MIPS, little-endian. */
export const ArchMIPSEL64: ScmpArch = define("mipsel64", 0xc000_0008);
/** 64-bit MIPS with 32-bit pointers, little-endian. */
export const ArchMIPSEL64N32: ScmpArch = define(
  "mipsel64n32",
  0xe000_0008,
);
/** 32-bit PowerPC. */
export const ArchPPC: ScmpArch = define("ppc", 0x0000_0014);
/** 64-bit PowerPC. */
export const ArchPPC64: ScmpArch = define("ppc64", 0x8000_0015);
/** 64-bit PowerPC, little-endian. */
export const ArchPPC64LE: ScmpArch = define("ppc64le", 0xc000_0015);
/** 31-bit System z. */
export const ArchS390: ScmpArch = define("s390", 0x0000_0016);
/** 64-bit System z. */
export const ArchS390X: ScmpArch = define("s390x", 0x8000_0016);
/** 32-bit PA-RISC. */
export const ArchPARISC: ScmpArch = define("parisc", 0x0000_000f);
/** 64-bit PA-RISC. */
export const ArchPARISC64: ScmpArch = define("parisc64", 0x8000_000f);
/** 64-bit RISC-V. */
export const ArchRISCV64: ScmpArch = define("riscv64", 0xc000_00f3);
/** 64-bit LoongArch. Needs libseccomp 2.6. */
export const ArchLOONGARCH64: ScmpArch = define(
  "loongarch64",
  0xc000_0102,
);
/** 32-bit Motorola 68000. Needs libseccomp 2.6. */
export const ArchM68K: ScmpArch = define("m68k", 0x0000_0004);
/** SuperH, little-endian. Needs libseccomp 2.6. */
export const ArchSH: ScmpArch = define("sh", 0x4000_002a);
/** SuperH, big-endian. Needs libseccomp 2.6. */
export const ArchSHEB: ScmpArch = define("sheb", 0x0000_002a);

/** All of them. */
const ALL: readonly ScmpArch[] = [
  ArchX86,
  ArchAMD64,
  ArchX32,
  ArchARM,
  ArchARM64,
  ArchMIPS,
  ArchMIPS64,
  ArchMIPS64N32,
  ArchMIPSEL,
  ArchMIPSEL64,
  ArchMIPSEL64N32,
  ArchPPC,
  ArchPPC64,
  ArchPPC64LE,
  ArchS390,
  ArchS390X,
  ArchPARISC,
  ArchPARISC64,
  ArchRISCV64,
  ArchLOONGARCH64,
  ArchM68K,
  ArchSH,
  ArchSHEB,
];

/** By libseccomp's names, and by the others that the Go binding takes. */
const BY_NAME: ReadonlyMap<string, ScmpArch> = new Map([
  ...ALL.map((arch) => [arch.name, arch] as const),
  ["386", ArchX86],
  ["amd64", ArchAMD64],
  ["x86-64", ArchAMD64],
  ["x64", ArchAMD64],
  ["arm64", ArchARM64],
  ["loong64", ArchLOONGARCH64],
]);

/** The architecture that this program was built for: x86_64 or aarch64. */
export const ArchNative: ScmpArch = Deno.build.arch === "aarch64"
  ? ArchARM64
  : ArchAMD64;

/**
 * The architecture that this program was built for: x86_64 or aarch64.
 *
 * Source: seccomp_arch_native(3); `GetNativeArch` of libseccomp-golang.
 */
export function getNativeArch(): ScmpArch {
  return ArchNative;
}

/**
 * An architecture by its name, as libseccomp (`x86_64`) or Go (`amd64`) writes
 * it, in capitals or not, or `native`.
 *
 * @param name The name.
 * @returns The architecture. That there is one does not mean that the loaded
 * libseccomp knows it.
 * @throws {ScmpError} `EINVAL` if there is none of that name.
 *
 * Source: seccomp_arch_resolve_name(3); `GetArchFromString` of
 * libseccomp-golang.
 */
export function getArchFromString(name: string): ScmpArch {
  const lower = name.toLowerCase();
  const arch = lower === "native" ? ArchNative : BY_NAME.get(lower);
  if (!arch) {
    throw new ScmpError("EINVAL", `there is no architecture '${name}'`);
  }
  return arch;
}

/**
 * An architecture by its token.
 *
 * @param token `AUDIT_ARCH_*`, an unsigned 32-bit number.
 * @throws {ScmpError} `EINVAL` if there is none with it.
 */
export function getArchFromToken(token: number): ScmpArch {
  const arch = ALL.find((known) => known.token === token);
  if (!arch) {
    throw new ScmpError(
      "EINVAL",
      `there is no architecture 0x${token.toString(16)}`,
    );
  }
  return arch;
}
