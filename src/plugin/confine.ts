import { withholdLoaders } from "./withhold.ts";

/** All permissions that a program can hold. */
const PERMISSIONS = [
  "ffi",
  "run",
  "write",
  "net",
  "env",
  "sys",
  "import",
  "read",
] as const;

/** What writes files, or runs beside this program, without any permission. */
const WITHOUT_PERMISSION = [
  "localStorage",
  "sessionStorage",
  "caches",
  "Worker",
] as const;

/** What only Deno's own modules have a use for: its ops, hooks into promises. */
declare const Deno: typeof globalThis.Deno & { readonly internal: symbol };

/**
 * Gives all permissions up, for good: what a plugin could do with them it
 * cannot do. Functions that are open already stay callable.
 *
 * Under `deno run` the read permission stays, because there importing a file
 * needs it; an executable made by `deno compile` imports without.
 *
 * @param isNodeUsed Whether a plugin imports a module of Node.js.
 */
export function revokePermissions(isNodeUsed: boolean): void {
  withholdLoaders(isNodeUsed);
  for (const name of WITHOUT_PERMISSION) {
    Reflect.deleteProperty(globalThis, name);
  }
  Reflect.deleteProperty(Deno, Deno.internal);
  // It would load the machine's graphics drivers.
  Reflect.deleteProperty(Navigator.prototype, "gpu");
  for (const name of PERMISSIONS) {
    if (name === "read" && !Deno.build.standalone) continue;
    Deno.permissions.revokeSync({ name });
  }
}
