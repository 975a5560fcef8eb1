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

/**
 * Gives all permissions up, for good: what a plugin could do with them it
 * cannot do. Functions that are open already stay callable.
 *
 * Under `deno run` the read permission stays, because there importing a file
 * needs it; an executable made by `deno compile` imports without.
 */
export function revokePermissions(): void {
  for (const name of WITHOUT_PERMISSION) {
    Reflect.deleteProperty(globalThis, name);
  }
  for (const name of PERMISSIONS) {
    if (name === "read" && !Deno.build.standalone) continue;
    Deno.permissions.revokeSync({ name });
  }
}
