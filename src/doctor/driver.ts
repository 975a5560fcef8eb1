import { DriverError, findDriver } from "../launch/driver.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import {
  describeFilePrivileges,
  readFilePrivileges,
} from "./file_privileges.ts";
import { findTrustFault } from "./trust.ts";

/**
 * Whether a driver could be executed, and what it would lose.
 *
 * @param driver As it is given to `exec`.
 * @param noNewPrivs Whether no_new_privs would be on; `undefined` where that is
 * not known.
 */
export function* diagnoseDriver(
  driver: string,
  noNewPrivs: boolean | undefined,
): Generator<Diagnosis> {
  let file: string;
  try {
    file = findDriver(driver, () => Deno.env.get("PATH"));
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    yield problem("file", error.message, mendOf(error, driver));
    return;
  }
  const path = file.startsWith("/") ? file : `${Deno.cwd()}/${file}`;
  yield ok("file", `${path} can be executed`);
  const fault = findTrustFault(path);
  if (fault === undefined) yield ok("trust", "nobody else can change it");
  else if (!fault.isUnreadable) {
    yield problem("trust", fault.message, fault.mend);
  } else {
    // It may be executed and not be read.
    yield warning(
      "trust",
      `who can change it cannot be told: ${fault.message}`,
      "look as root",
    );
  }
  yield diagnoseGifts(path, noNewPrivs);
}

function mendOf({ isMissing, message }: DriverError, driver: string): string {
  const isNowhere = isMissing ||
    message === `there is no driver ${driver} in PATH`;
  if (isNowhere) return "install it, or give its absolute path";
  return message.includes("interpreter")
    ? "install the interpreter, or mend the script's first line"
    : "give a program, or a script with #!, that this user may execute";
}

function diagnoseGifts(
  path: string,
  noNewPrivs: boolean | undefined,
): Diagnosis {
  const name = "gets";
  const text = describeFilePrivileges(readFilePrivileges(path));
  if (text === "") {
    return ok(name, "it is not set-user-ID and has no file capabilities");
  }
  if (noNewPrivs !== true) return ok(name, `it ${text}`);
  return problem(
    name,
    `it ${text}, which does nothing under no_new_privs`,
    "see no_new_privs and loading under privileges, above",
  );
}
