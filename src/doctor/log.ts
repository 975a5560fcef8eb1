import { cString, libc, SystemCallError } from "../libc/mod.ts";
import { trustedPlace, TrustError } from "../libc/trusted_file.ts";
import { openSystemLog } from "../log/system_log.ts";
import type { Logging } from "../policy/schema.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import { explainTrust } from "./trust.ts";

const NAME = "log";
/** Of access(2). */
const W_OK = 2;
const X_OK = 1;

/**
 * Whether the system log could be written. No file is made.
 *
 * @param logging Where it is.
 * @param disabled Whether drivers are executed without a filter: then a log that
 * cannot be written fails the job.
 */
export function diagnoseLog(logging: Logging, disabled: boolean): Diagnosis {
  const { enabled, location } = logging;
  if (!enabled) {
    return warning(
      NAME,
      "it is not enabled: nobody will be told why a job was not run",
      "in [auth.logging] say enabled = true",
    );
  }
  const bad = disabled ? problem : warning;
  try {
    if (location === "syslog") {
      openSystemLog(logging);
      return ok(NAME, "syslog, by /dev/log");
    }
    const fault = findFileFault(location);
    return fault === undefined
      ? ok(NAME, location)
      : bad(NAME, fault, `let this user write to ${location}`);
  } catch (error) {
    if (error instanceof TrustError) {
      const { message, mend } = explainTrust(error);
      return bad(
        NAME,
        `the system log ${location}: ${message}`,
        error.code === "ENOENT" ? "make the folder that it is to be in" : mend,
      );
    }
    if (!(error instanceof SystemCallError)) throw error;
    return bad(
      NAME,
      error.message,
      'start the syslog service, or give location = "FILE" in [auth.logging]',
    );
  }
}

/** @throws {TrustError} If somebody else could decide which file it is. */
function findFileFault(location: string): string | undefined {
  const { path, isThere } = trustedPlace(location);
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  const isWritable = isThere
    ? mayAccess(path, W_OK)
    : mayAccess(folder, W_OK | X_OK);
  if (isWritable) return undefined;
  return isThere
    ? `the system log ${path} cannot be written`
    : `the system log ${path} is not there, and cannot be made`;
}

/** Source: euidaccess(3). */
function mayAccess(path: string, mode: number): boolean {
  return libc().calls.euidaccess(cString(path).pointer, mode) === 0;
}
