/**
 * What a plugin's unit test imports as `jacamar-seccomp/testing`: the way of
 * `exec` up to the proof, and the answers of the filters that come out. Nothing
 * is loaded, and neither root nor a configuration file is needed.
 *
 * It needs the permission `--allow-ffi`, for libseccomp, and no other; a
 * configuration with a `profile` needs `--allow-read` for that file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
 * import { expand, simulate } from "jacamar-seccomp/testing";
 *
 * const noMkdir: SeccompExpansion = (filter) => {
 *   filter.addRule(getSyscallFromName("mkdirat"), ActErrno.setReturnCode(errno.EPERM));
 * };
 *
 * const expansion = await expand(noMkdir);
 * assert.equal(simulate(expansion, "mkdirat").errno, "EPERM");
 * assert.ok(simulate(expansion, "openat").passes);
 * assert.equal(simulate(expansion, "ioctl", 0, "TIOCSTI").errno, "EPERM");
 * ```
 *
 * @module
 */
export { expand, type ExpandOptions } from "./testing/expand.ts";
export type { Expansion } from "./testing/expansion.ts";
export { type Argument, type Call, simulate } from "./testing/simulate.ts";
export type { Verdict } from "./testing/verdict.ts";
