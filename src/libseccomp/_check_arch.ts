import { ScmpArch } from "./arch.ts";
import { ScmpError } from "./error.ts";

/** Refuses what is not an architecture. */
export function checkArch(arch: ScmpArch): ScmpArch {
  if (ScmpArch.is(arch)) return arch;
  throw new ScmpError(
    "EINVAL",
    "the architecture must be one of the Arch… constants",
  );
}
