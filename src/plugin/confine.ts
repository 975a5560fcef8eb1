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

/**
 * Gives all permissions up, for good: what a plugin could do with them it
 * cannot do. Functions that are open already stay callable.
 *
 * Under `deno run` the read permission stays, because there importing a file
 * needs it; an executable made by `deno compile` imports without.
 */
export function revokePermissions(): void {
  for (const name of PERMISSIONS) {
    if (name === "read" && !Deno.build.standalone) continue;
    Deno.permissions.revokeSync({ name });
  }
}
