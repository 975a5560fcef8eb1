import { errnoName } from "../libc/errno.ts";

/** What each errno means where no call gives a better reason. */
const MEANINGS: Readonly<Record<string, string>> = {
  EPERM: "the kernel refused it: CAP_SYS_ADMIN or no_new_privs is needed",
  ENOENT: "there is no such thing",
  EACCES: "the value is not allowed here",
  EEXIST: "it exists already",
  EFAULT: "an internal libseccomp error",
  EINVAL: "an argument is invalid",
  ENOMEM: "out of memory",
  EDOM: "an architecture-specific failure",
  EOPNOTSUPP: "this library or kernel does not support it",
  ECANCELED: "a system call failed beyond the library's control",
  ESRCH: "the threads could not be synchronised",
  ERANGE: "the buffer is too small",
};

/**
 * A call into libseccomp that failed, or one that was refused before it reached
 * the library.
 *
 * `code` is the errno name that libseccomp returned (`EINVAL`, `EACCES`, …),
 * `EINVAL` for an argument refused here, `E2BIG` for a filter that would become
 * too large, `ENOLIB` where the library itself could not be opened or is too
 * old, and `ESTALE` for a filter that may no longer be used.
 */
export class ScmpError extends Error {
  override readonly name: string = "ScmpError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The loaded libseccomp, or the kernel under it, is too old for a call; `code`
 * is `EOPNOTSUPP`.
 *
 * Source: `VersionError` of libseccomp-golang.
 */
export class VersionError extends ScmpError {
  override readonly name = "VersionError";

  constructor(message: string) {
    super("EOPNOTSUPP", message);
  }
}

/**
 * Turns what a libseccomp function returned into an error.
 *
 * @param returned The negative errno that the function returned.
 * @param what The call in words, for the message: `add a rule for mkdir`.
 * @param reasons What a code means for this very call, where that is more than
 * its general meaning.
 * @returns The error to throw.
 */
export function failure(
  returned: number,
  what: string,
  reasons: Readonly<Record<string, string>> = {},
): ScmpError {
  const code = errnoName(-returned);
  const reason = reasons[code] ?? MEANINGS[code];
  return new ScmpError(
    code,
    `could not ${what}: ${reason ? `${reason} (${code})` : code}`,
  );
}
