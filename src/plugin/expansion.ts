import type { LibraryVersion, ScmpFilter } from "../libseccomp/mod.ts";

/** What a plugin is told about the request, beside filter and stage. */
export interface SeccompContext {
  /** The stage, as in the second argument. */
  readonly stage: string;
  /** The real user id of this process: 0 where it runs as root. */
  readonly uid: number;
  /** The real group id of this process. */
  readonly gid: number;
  /** The user that `--user` named, if it did: 0 to 2³²−2 each. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The architecture, as libseccomp names it: `x86_64` or `aarch64`. */
  readonly architecture: string;
  /** The kernel's release, as `uname -r` prints it. */
  readonly kernel: string;
  /** The version of the libseccomp that is loaded. */
  readonly libseccomp: LibraryVersion;
  /** The absolute path of the configuration file. */
  readonly configuration: string;
}

/**
 * What a plugin exports under the name `seccompExpansion`: it changes the
 * filter for a stage.
 *
 * To fail the job it throws, rejects or returns an `Error`; otherwise it
 * returns nothing. It may be async.
 *
 * Source: `SeccompExpansion` of Jacamar CI's Go plugins.
 *
 * @example
 * ```ts
 * import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
 *
 * export const seccompExpansion: SeccompExpansion = (filter, stage) => {
 *   if (stage === "after_script") {
 *     filter.addRule(getSyscallFromName("mkdir"), ActErrno.setReturnCode(errno.EPERM));
 *   }
 * };
 * ```
 */
export type SeccompExpansion = (
  filter: ScmpFilter,
  stage: string,
  context: SeccompContext,
) => Expanded | Promise<Expanded>;

/** What a plugin may return: nothing, or the reason why the job must fail. */
export type Expanded = void | undefined | null | Error;
