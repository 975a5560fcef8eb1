/**
 * Attacks by the author of a job (J1 to J5).
 *
 * @module
 */
import type { Attack } from "./attack.ts";
import { cancelAttacks } from "./attack_cancel.ts";
import { escapeAttacks } from "./attack_escapes.ts";
import { outputAttacks } from "./attack_output.ts";
import { variableAttacks } from "./attack_variables.ts";

export const jobAttacks: readonly Attack[] = [
  ...escapeAttacks,
  ...variableAttacks,
  ...outputAttacks,
  ...cancelAttacks,
];
