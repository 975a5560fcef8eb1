import { readVersion, symbols, word } from "./_symbols.ts";
import { failure, ScmpError, VersionError } from "./error.ts";

/** A version of libseccomp. */
export interface LibraryVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

/**
 * The version of the libseccomp that is loaded.
 *
 * @throws {ScmpError} `ENOLIB` if the library cannot be opened or is older than
 * 2.5.0.
 *
 * Source: seccomp_version(3); `GetLibraryVersion` of libseccomp-golang.
 */
export function getLibraryVersion(): LibraryVersion {
  const [major, minor, micro] = readVersion(symbols());
  return Object.freeze({ major, minor, micro });
}

/**
 * The API level: what library and kernel support together, or what `setAPI` set.
 *
 * @returns 1 to 7.
 * @throws {ScmpError} `EOPNOTSUPP` if libseccomp cannot tell.
 *
 * Source: seccomp_api_get(3) lists the levels; `GetAPI` of libseccomp-golang.
 */
export function getAPI(): number {
  const level = symbols().seccomp.seccomp_api_get(word(0));
  if (level > 0) return level;
  throw new ScmpError("EOPNOTSUPP", "API levels are not supported");
}

/**
 * Sets the API level, for the whole process, whatever the kernel supports.
 * libseccomp discourages it.
 *
 * @param level 1 to 6, with libseccomp 2.6 to 7.
 * @throws {ScmpError} `EINVAL` for a level that the library does not have.
 *
 * Source: seccomp_api_set(3); `SetAPI` of libseccomp-golang.
 */
export function setAPI(level: number): void {
  const refusal = `${level} is not an API level of this libseccomp`;
  if (!Number.isInteger(level) || level < 1 || level > 0xffff_ffff) {
    throw new ScmpError("EINVAL", refusal);
  }
  const returned = symbols().seccomp.seccomp_api_set(word(level));
  if (returned < 0) {
    throw failure(returned, "set the API level", { EINVAL: refusal });
  }
}

/** What a call needs of library and kernel. */
export interface Requirement {
  readonly version: readonly [major: number, minor: number, micro: number];
  /** The API level; left out, any will do. */
  readonly api?: number;
}

/**
 * Makes sure that library and kernel have what a call needs.
 *
 * @param what The call, for the message.
 * @param needed What it needs.
 * @throws {VersionError} If they do not.
 *
 * Source: `checkAPI`, `checkVersion` of libseccomp-golang.
 */
export function requireVersion(what: string, needed: Requirement): void {
  const { major, minor, micro } = getLibraryVersion();
  const [wantedMajor, wantedMinor, wantedMicro] = needed.version;
  const ahead = major - wantedMajor || minor - wantedMinor ||
    micro - wantedMicro;
  const api = needed.api === undefined ? undefined : getAPI();
  if (ahead >= 0 && (api === undefined || api >= (needed.api ?? 0))) return;
  const level = api === undefined ? "" : ` and API level ${needed.api}`;
  const found = api === undefined ? "" : ` with API level ${api}`;
  throw new VersionError(
    `${what} needs libseccomp ${needed.version.join(".")}${level}; ` +
      `this is ${major}.${minor}.${micro}${found}`,
  );
}
