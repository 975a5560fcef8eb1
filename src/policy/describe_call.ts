import type { SeccompData } from "../bpf/seccomp_data.ts";
import {
  ArchAMD64,
  ArchX32,
  getArchFromToken,
  type ScmpArch,
  ScmpError,
  ScmpSyscall,
} from "../libseccomp/mod.ts";
import { X32_BIT } from "../bpf/seccomp_data.ts";

/**
 * The ABI that a call was made on, by what the kernel shows of it.
 *
 * @returns `undefined` if its architecture is none that libseccomp has.
 */
export function archOf(
  { architecture, number }: Pick<SeccompData, "architecture" | "number">,
): ScmpArch | undefined {
  const isX32 = number >= X32_BIT && number !== 0xffff_ffff;
  if (architecture === ArchAMD64.token && isX32) return ArchX32;
  try {
    return getArchFromToken(architecture);
  } catch (error) {
    if (error instanceof ScmpError) return undefined;
    throw error;
  }
}

/** A call's name, or its number in brackets where it has none. */
export function nameOfCall(
  call: Pick<SeccompData, "architecture" | "number">,
): string {
  const arch = archOf(call);
  try {
    // The number −1 is none that can be asked for.
    const name = arch && new ScmpSyscall(call.number | 0).getNameByArch(arch);
    if (name !== undefined) return name;
  } catch (error) {
    if (!(error instanceof ScmpError)) throw error;
  }
  return `[syscall ${call.number | 0}]`;
}

/**
 * A call as people write it, `mkdir(0x0, 0x6) on x86_64`: its arguments up to
 * the last one that is not 0.
 */
export function describeCall(call: SeccompData): string {
  const last = call.args.findLastIndex((arg) => arg !== 0n);
  const args = call.args.slice(0, last + 1).map((arg) =>
    `0x${arg.toString(16)}`
  );
  const where = archOf(call)?.name ??
    `architecture 0x${call.architecture.toString(16)}`;
  return `${nameOfCall(call)}(${args.join(", ")}) on ${where}`;
}
