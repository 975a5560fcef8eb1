/**
 * What a plugin imports as `jacamar-seccomp`: the binding to libseccomp under
 * the names of libseccomp-golang, the errno values, and the types of the
 * function that it exports.
 *
 * @module
 */
export * from "./libseccomp/mod.ts";
export * from "./libseccomp/notification.ts";
export * from "./libseccomp/notify.ts";
export { errno, type ErrnoName } from "./libc/errno.ts";
export type {
  Expanded,
  SeccompContext,
  SeccompExpansion,
} from "./plugin/expansion.ts";
