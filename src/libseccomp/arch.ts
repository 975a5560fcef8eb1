import { ScmpError } from "./error.ts";

/**
 * A system call ABI. Two of them are the same if their tokens are.
 *
 * Source: seccomp_arch_add(3); the tokens are the kernel's `AUDIT_ARCH_*`
 * (include/uapi/linux/audit.h), and for the ABIs that share one, those of
 * seccomp.h.
 */
export class ScmpArch {
  /** libseccomp's name for it: `x86_64`, `aarch64`, … */
  readonly name: string;
  /** The token, an unsigned 32-bit number. */
  readonly token: number;

  private constructor(name: string, token: number) {
    this.name = name;
    this.token = token;
    Object.freeze(this);
  }

  /** Defines one of the architectures below; the constructor is not public. */
  static define(name: string, token: number): ScmpArch {
    return new ScmpArch(name, token);
  }

  /** The architecture's name. */
  toString(): string {
    return this.name;
  }
}

/** 32-bit x86. */
export const ArchX86: ScmpArch = ScmpArch.define("x86", 0x4000_0003);
/** 64-bit x86, also called amd64. */
export const ArchAMD64: ScmpArch = ScmpArch.define("x86_64", 0xc000_003e);
/** The x32 ABI: 64-bit x86 with 32-bit pointers. */
export const ArchX32: ScmpArch = ScmpArch.define("x32", 0x4000_003e);
/** 32-bit Arm, EABI. */
export const ArchARM: ScmpArch = ScmpArch.define("arm", 0x4000_0028);
/** 64-bit Arm. */
export const ArchARM64: ScmpArch = ScmpArch.define("aarch64", 0xc000_00b7);

/** The architectures by the names that libseccomp and Go give them. */
const BY_NAME: Readonly<Record<string, ScmpArch>> = {
  x86: ArchX86,
  "386": ArchX86,
  x86_64: ArchAMD64,
  amd64: ArchAMD64,
  x32: ArchX32,
  arm: ArchARM,
  aarch64: ArchARM64,
  arm64: ArchARM64,
};

/**
 * The architecture that this program was built for: x86_64 or aarch64.
 *
 * Source: seccomp_arch_native(3); `GetNativeArch` of libseccomp-golang.
 */
export function getNativeArch(): ScmpArch {
  return Deno.build.arch === "aarch64" ? ArchARM64 : ArchAMD64;
}

/**
 * An architecture by its name, as libseccomp (`x86_64`) or Go (`amd64`) writes
 * it, or `native`.
 *
 * @param name The name.
 * @returns The architecture.
 * @throws {ScmpError} `EINVAL` if there is none of that name.
 *
 * Source: seccomp_arch_resolve_name(3); `GetArchFromString` of
 * libseccomp-golang.
 */
export function getArchFromString(name: string): ScmpArch {
  if (name === "native") return getNativeArch();
  const arch = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (!arch) {
    throw new ScmpError("EINVAL", `there is no architecture '${name}'`);
  }
  return arch;
}
