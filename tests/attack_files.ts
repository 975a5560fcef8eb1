/**
 * Attacks by other local users, with files (U1 to U4).
 *
 * @module
 */
import type { Attack } from "./attack.ts";
import { logFileAttacks } from "./attack_log_files.ts";
import { plantedAttacks } from "./attack_planted.ts";
import { raceAttacks } from "./attack_races.ts";
import { trustAttacks } from "./attack_trust.ts";

export const fileAttacks: readonly Attack[] = [
  ...trustAttacks,
  ...raceAttacks,
  ...plantedAttacks,
  ...logFileAttacks,
];
