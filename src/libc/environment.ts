import { libc } from "./mod.ts";

/** The size of a pointer: `char *` on x86_64 and aarch64. */
const POINTER_SIZE = 8;

/**
 * A variable of the environment as this process was given it. Deno would want a
 * permission for each name.
 *
 * @param name The variable's name.
 * @returns Its value; `undefined` if it is not set.
 *
 * Source: environ(7).
 */
export function environmentVariable(name: string): string | undefined {
  const { environ } = libc();
  if (environ === null) return undefined;
  const strings = new Deno.UnsafePointerView(environ);
  for (let offset = 0;; offset += POINTER_SIZE) {
    const entry = strings.getPointer(offset);
    if (entry === null) return undefined;
    const text = Deno.UnsafePointerView.getCString(entry);
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1);
  }
}
