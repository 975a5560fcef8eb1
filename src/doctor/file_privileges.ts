import { hasFileCapabilities } from "../libc/file_capabilities.ts";

/** `S_ISUID` and `S_ISGID`. */
const SET_USER_ID = 0o4000;
const SET_GROUP_ID = 0o2000;

/** What a program's file gives to whoever starts it. */
export interface FilePrivileges {
  readonly setUserId: boolean;
  readonly setGroupId: boolean;
  readonly capabilities: boolean;
}

/**
 * Looks at what a program's file gives. Needs the read and the ffi permission.
 *
 * @throws {SystemCallError} If the capabilities cannot be told.
 */
export function readFilePrivileges(path: string): FilePrivileges {
  const mode = Deno.statSync(path).mode ?? 0;
  return {
    setUserId: (mode & SET_USER_ID) !== 0,
    setGroupId: (mode & SET_GROUP_ID) !== 0,
    capabilities: hasFileCapabilities(path),
  };
}

/** What it gives, in words; empty where that is nothing. */
export function describeFilePrivileges(
  { setUserId, setGroupId, capabilities }: FilePrivileges,
): string {
  return [
    ...setUserId ? ["is set-user-ID"] : [],
    ...setGroupId ? ["is set-group-ID"] : [],
    ...capabilities ? ["has file capabilities"] : [],
  ].join(" and ");
}
