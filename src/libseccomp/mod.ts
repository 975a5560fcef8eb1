/**
 * libseccomp in TypeScript: the names, values and behaviour of
 * libseccomp-golang.
 *
 * @module
 */
export * from "./action.ts";
export * from "./arch.ts";
export * from "./condition.ts";
export { ScmpError } from "./error.ts";
export { ScmpFilter } from "./filter.ts";
export type { Journal, JournalRule } from "./journal.ts";
export * from "./library.ts";
export * from "./syscall.ts";
