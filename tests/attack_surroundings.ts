/** Attacks on the promises S1 to S7: surroundings that are hostile. */
import type { Attack } from "./attack.ts";
import { descriptorAttacks } from "./attack_descriptors.ts";
import { environmentAttacks } from "./attack_environment.ts";
import { limitAttacks, signalAttacks } from "./attack_limits.ts";
import { ordinaryAttacks } from "./attack_ordinary.ts";
import { textAttacks } from "./attack_texts.ts";

export const surroundingAttacks: readonly Attack[] = [
  ...environmentAttacks,
  ...descriptorAttacks,
  ...limitAttacks,
  ...signalAttacks,
  ...textAttacks,
  ...ordinaryAttacks,
];
