import { openTrusted, TrustError } from "../libc/trusted_file.ts";

/** What is wrong with a file, and how to mend it. */
export interface Fault {
  readonly message: string;
  readonly mend: string;
  /** Whether that is only that this user cannot look. */
  readonly isUnreadable: boolean;
}

/**
 * Tells who could change a file.
 *
 * @param path An absolute path.
 * @returns What is wrong; `undefined` where nobody could but root and the user
 * that this process runs as.
 */
export function findTrustFault(path: string): Fault | undefined {
  try {
    // It stays open: it may be large, and this process ends soon.
    openTrusted(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return explainTrust(error);
  }
}

/** Takes a trust error apart: some of them end in the command that mends them. */
export function explainTrust({ code, message }: TrustError): Fault {
  const isUnreadable = code === "EACCES";
  const [, what, command] = /^(.*): (chmod go-w .*)$/s.exec(message) ?? [];
  if (command !== undefined) {
    return { message: what, mend: command, isUnreadable };
  }
  const [, path] = /^(.*) belongs to user \d+, and must /s.exec(message) ?? [];
  if (path !== undefined) {
    return { message, mend: `chown -h root ${path}`, isUnreadable };
  }
  return {
    message,
    isUnreadable,
    mend: code === "ENOENT"
      ? "give the path of a file that is there"
      : "give a regular file that this user can read, in folders of root's",
  };
}
