import { SystemCallError } from "../libc/mod.ts";
import { realPath } from "../libc/real_path.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import {
  describeFilePrivileges,
  readFilePrivileges,
} from "./file_privileges.ts";
import { findTrustFault } from "./trust.ts";

/**
 * Whether this program's own file is as it should be. Needs the read and the ffi
 * permission.
 */
export function* diagnoseExecutable(): Generator<Diagnosis> {
  const name = "file";
  let path: string;
  try {
    path = realPath("/proc/self/exe");
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    yield warning(
      name,
      `it cannot be told where it is: ${error.message}`,
      "start it once more: it was removed or replaced meanwhile, or there is no /proc",
    );
    return;
  }
  if (Deno.build.standalone) yield* diagnoseProgramFile(path);
  else yield ok(name, `it runs from source: ${sourceFile()} with ${path}`);
}

function sourceFile(): string {
  return decodeURIComponent(new URL(Deno.mainModule).pathname);
}

/**
 * Looks at a program's file.
 *
 * @param path Its absolute path.
 */
export function* diagnoseProgramFile(path: string): Generator<Diagnosis> {
  const name = "file";
  const { uid, mode } = Deno.statSync(path);
  const octal = ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  const fault = findTrustFault(path);
  yield fault === undefined
    ? ok(name, `${path}, of user ${uid}, mode ${octal}`)
    : problem(name, fault.message, fault.mend);
  yield diagnoseGifts(path);
}

/** `exec` refuses to work where these made a difference. */
function diagnoseGifts(path: string): Diagnosis {
  const name = "gives";
  const gifts = readFilePrivileges(path);
  const text = describeFilePrivileges(gifts);
  if (text === "") {
    return ok(name, "it is not set-user-ID and has no file capabilities");
  }
  const commands = [
    ...gifts.setUserId || gifts.setGroupId ? [`chmod ug-s ${path}`] : [],
    ...gifts.capabilities ? [`setcap -r ${path}`] : [],
  ];
  return problem(
    name,
    `${path} ${text}: it refuses to work for whoever gets more by that`,
    `${
      commands.join(" && ")
    }; privileges are for the service that starts it (AmbientCapabilities= of systemd)`,
  );
}
