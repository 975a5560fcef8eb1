import { readKernelFile } from "../libc/kernel_file.ts";
import { cString, libc, SystemCallError } from "../libc/mod.ts";

/** Of access(2). */
const F_OK = 0;

/** What a file of the kernel's says, or why that cannot be told. */
export type Sight =
  | { readonly text: string }
  | { readonly text?: undefined; readonly why: string };

/** Looks into a file of the kernel's, whatever comes of it. */
export function look(path: string): Sight {
  try {
    const text = readKernelFile(path);
    return text === undefined
      ? { why: `there is no ${path} here` }
      : { text: text.trim() };
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return { why: error.message };
  }
}

/** Whether there is a file of the kernel's, be it readable or not. */
export function isThere(path: string): boolean {
  return libc().calls.euidaccess(cString(path).pointer, F_OK) === 0;
}
