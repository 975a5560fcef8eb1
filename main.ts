/**
 * The command line of jacamar-seccomp: `exec` is taken straight to its command,
 * all others by way of a library.
 *
 * @module
 */
import { exec } from "./src/commands/exec.ts";

const [command, ...args] = Deno.args;
if (command === "exec") {
  await exec(args);
} else {
  const { runApplication } = await import("./src/commands/application.ts");
  await runApplication(Deno.args);
}
