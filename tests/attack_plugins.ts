import type { Attack } from "./attack.ts";
import { builtinAttacks } from "./attack_plugin_builtins.ts";
import { driverAttacks } from "./attack_plugin_driver.ts";
import { endAttacks } from "./attack_plugin_end.ts";
import { filterAttacks } from "./attack_plugin_filter.ts";
import { importAttacks } from "./attack_plugin_imports.ts";
import { reachAttacks } from "./attack_plugin_reach.ts";

/** What plugins might try: promises P1 to P10. */
export const pluginAttacks: readonly Attack[] = [
  ...driverAttacks,
  ...endAttacks,
  ...filterAttacks,
  ...builtinAttacks,
  ...reachAttacks,
  ...importAttacks,
];
