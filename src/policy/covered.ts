import {
  ActAllow,
  getNativeArch,
  type ScmpArch,
  ScmpError,
  ScmpFilter,
} from "../libseccomp/mod.ts";
import { offeredBy } from "./offered.ts";
import type { Policy } from "./policy.ts";

/**
 * Checks the architectures that the configuration names against libseccomp and
 * the machine.
 *
 * @param notes Is told what is covered in vain.
 * @throws {ConfigurationError} For one that this libseccomp does not know, or
 * whose byte order is not the machine's.
 */
export async function checkArchitectures(
  { architectures = [], problem }: Policy,
  notes: string[],
): Promise<void> {
  const native = getNativeArch();
  for (const [index, arch] of architectures.entries()) {
    const refusal = whyRefused(arch);
    if (refusal !== undefined) {
      const path = ["auth", "seccomp", "architectures", index];
      throw await problem(path, `architectures: ${refusal}`);
    }
    if (!offeredBy(native).includes(arch)) {
      notes.push(
        `${arch} is covered in vain: ${native} cannot run its programs`,
      );
    }
  }
}

function whyRefused(arch: ScmpArch): string | undefined {
  const filter = new ScmpFilter(ActAllow);
  try {
    filter.addArch(arch);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScmpError)) throw error;
    return error.message;
  } finally {
    filter.release();
  }
}
