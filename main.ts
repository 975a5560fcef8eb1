/**
 * The command line of jacamar-seccomp: what becomes another program is taken
 * straight to its command, all others by way of a library.
 *
 * @module
 */
import { exec } from "./src/commands/exec.ts";

const [command, ...args] = Deno.args;
switch (command) {
  case "exec":
    await exec(args);
    break;
  // What `learn` starts, and nobody else.
  case "learn-start": {
    const { learnStart } = await import("./src/commands/learn_start.ts");
    learnStart(args);
    break;
  }
  default: {
    const { runApplication } = await import("./src/commands/application.ts");
    await runApplication(Deno.args);
  }
}
