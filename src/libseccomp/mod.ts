/**
 * libseccomp in TypeScript: the names, values and behaviour of
 * libseccomp-golang, but for user notification, which `notify.ts` has: no start
 * of a job needs it.
 *
 * @module
 */
export * from "./action.ts";
export * from "./arch.ts";
export * from "./condition.ts";
export { ScmpError, VersionError } from "./error.ts";
export { type ScmpFd, ScmpFilter, type SyncWriter } from "./filter.ts";
export type { Journal, JournalPriority, JournalRule } from "./journal.ts";
export {
  getAPI,
  getLibraryVersion,
  type LibraryVersion,
  setAPI,
} from "./library.ts";
export * from "./syscall.ts";
