import { checkCommand } from "./check_command.ts";
import { completionsCommand } from "./completions_command.ts";
import type { DefinedCommand, DefinedGroup } from "./define.ts";
import { diffCommand } from "./diff_command.ts";
import { doctorCommand } from "./doctor_command.ts";
import { execCommand } from "./exec_command.ts";
import { helpCommand } from "./help_command.ts";
import { learnCommand } from "./learn_command.ts";
import { manualCommand } from "./manual_command.ts";
import { pluginCommand } from "./plugin_command.ts";
import { showCommand } from "./show_command.ts";
import { simulateCommand } from "./simulate_command.ts";

/** Every command, in the order in which the help lists them. */
export const routes = {
  exec: execCommand,
  check: checkCommand,
  show: showCommand,
  simulate: simulateCommand,
  diff: diffCommand,
  learn: learnCommand,
  plugin: pluginCommand,
  doctor: doctorCommand,
  completions: completionsCommand,
  manual: manualCommand,
  help: helpCommand,
} satisfies Readonly<Record<string, DefinedCommand | DefinedGroup>>;
