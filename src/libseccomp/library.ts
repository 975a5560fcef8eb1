import { readVersion, symbols, word } from "./_symbols.ts";

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
 * The API level: what library and kernel support together, 1 to 7; 0 if
 * libseccomp could not tell.
 *
 * Source: seccomp_api_get(3) lists the levels; `GetAPI` of libseccomp-golang.
 */
export function getAPI(): number {
  return symbols().seccomp.seccomp_api_get(word(0));
}
