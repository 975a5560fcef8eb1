/** Attacks on the promises F1 to F5: something is broken. */
import type { Attack } from "./attack.ts";
import { executionAttacks } from "./attack_execution.ts";
import { kernelAttacks } from "./attack_kernel.ts";
import { libraryAttacks } from "./attack_library.ts";
import { systemLogAttacks } from "./attack_system_log.ts";

export const faultAttacks: readonly Attack[] = [
  ...libraryAttacks,
  ...kernelAttacks,
  ...executionAttacks,
  ...systemLogAttacks,
];
