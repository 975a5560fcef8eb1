import { checkArch } from "./_check_arch.ts";
import { cString, pointer, symbols, word } from "./_symbols.ts";
import { getNativeArch, type ScmpArch } from "./arch.ts";
import { ScmpError } from "./error.ts";

/** `__NR_SCMP_ERROR` of seccomp.h: no such system call. */
const UNKNOWN = -1;

/** No name of a system call is longer, the terminating NUL included. */
const NAME_SIZE = 64;

/**
 * A system call, by its number on the native architecture.
 *
 * A number below −1 is a *pseudo-syscall* of libseccomp: one that exists on
 * other architectures only (`mkdir` on aarch64). A rule for it is accepted and
 * has no effect.
 *
 * Source: `ScmpSyscall` of libseccomp-golang.
 */
export class ScmpSyscall {
  readonly #brand = true;
  /** The number, a signed 32-bit integer. */
  readonly number: number;

  /**
   * @param number The number; -1 is libseccomp's "no such call" and refused.
   * @throws {ScmpError} `EINVAL` if it is not a signed 32-bit integer, or -1.
   */
  constructor(number: number) {
    if (new.target !== ScmpSyscall) {
      throw new ScmpError("EINVAL", "there is but one kind of system call");
    }
    if ((number | 0) !== number || number === UNKNOWN) {
      throw new ScmpError(
        "EINVAL",
        `${number} is not the number of a system call`,
      );
    }
    this.number = number;
    Object.freeze(this);
  }

  /** Whether a value is one that this class made, and not just like it. */
  static is(value: unknown): value is ScmpSyscall {
    return typeof value === "object" && value !== null && #brand in value;
  }

  /**
   * The call's name on the native architecture.
   *
   * @throws {ScmpError} `ENOENT` if no call has the number. Source: `GetName`
   * of libseccomp-golang.
   */
  getName(): string {
    return this.getNameByArch(getNativeArch());
  }

  /**
   * The name of the call with this number on an architecture.
   *
   * @throws {ScmpError} `ENOENT` if no call of it has the number, `EINVAL` for
   * what is not an architecture.
   *
   * Source: seccomp_syscall_resolve_num_arch(3); `GetNameByArch` of
   * libseccomp-golang.
   */
  getNameByArch(arch: ScmpArch): string {
    const name = nameOf(this.number, checkArch(arch));
    if (name !== undefined) return name;
    throw new ScmpError(
      "ENOENT",
      `could not resolve syscall number ${this.number} on ${arch}`,
    );
  }

  /** The call's name, or its number in brackets where it has none. */
  toString(): string {
    return nameOf(this.number, getNativeArch()) ?? `[syscall ${this.number}]`;
  }
}

/**
 * The names that were asked for, by token and number: libseccomp searches its
 * whole table for each.
 */
const names = new Map<string, string | undefined>();

function nameOf(number: number, { token }: ScmpArch): string | undefined {
  const key = `${token} ${number}`;
  if (names.has(key)) return names.get(key);
  const name = readName(number, token);
  names.set(key, name);
  return name;
}

function readName(number: number, token: number): string | undefined {
  const { seccomp, libc, scratch } = symbols();
  const address = seccomp.seccomp_syscall_resolve_num_arch(word(token), number);
  if (address === 0n) return undefined;
  libc.strncpy(scratch.address, address, BigInt(NAME_SIZE));
  libc.free(pointer(address));
  const end = scratch.bytes.indexOf(0);
  return new TextDecoder().decode(scratch.bytes.subarray(0, end));
}

/**
 * A system call by its name, on the native architecture.
 *
 * @param name The name, as in syscalls(2).
 * @returns The call. One that exists on other architectures only comes back as
 * a pseudo-syscall.
 * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name.
 *
 * Source: seccomp_syscall_resolve_name(3); `GetSyscallFromName` of
 * libseccomp-golang.
 */
export function getSyscallFromName(name: string): ScmpSyscall {
  return getSyscallFromNameByArch(name, getNativeArch());
}

/**
 * A system call by its name, with the number it has on an architecture.
 *
 * @param name The name, as in syscalls(2).
 * @param arch The architecture.
 * @returns The call.
 * @throws {ScmpError} `ENOENT` if libseccomp knows no call of that name,
 * `EINVAL` for what is not an architecture.
 *
 * Source: seccomp_syscall_resolve_name_arch(3); `GetSyscallFromNameByArch` of
 * libseccomp-golang.
 */
export function getSyscallFromNameByArch(
  name: string,
  arch: ScmpArch,
): ScmpSyscall {
  if (typeof name !== "string") {
    throw new ScmpError("EINVAL", "the name of a system call is a text");
  }
  const { token } = checkArch(arch);
  const text = cString(name);
  const number = symbols().seccomp.seccomp_syscall_resolve_name_arch(
    word(token),
    text,
  );
  if (number === UNKNOWN) {
    throw new ScmpError(
      "ENOENT",
      `could not resolve name to syscall: '${name}'`,
    );
  }
  return new ScmpSyscall(number);
}
