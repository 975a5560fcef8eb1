/**
 * Reads the filters of a process, or its own for `self`, and prints what came of
 * it: the number of them, or the error.
 *
 * @module
 */
import {
  attachedFilters,
  AttachedFiltersError,
} from "../src/libc/attached_filters.ts";

const [pid] = Deno.args;
try {
  console.log(attachedFilters(pid === "self" ? Deno.pid : Number(pid)).length);
} catch (error) {
  if (!(error instanceof AttachedFiltersError)) throw error;
  console.log(error.code, error.count, error.message);
}
