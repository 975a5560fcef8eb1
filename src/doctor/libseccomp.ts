import { SystemCallError } from "../libc/mod.ts";
import { getLibraryFile } from "../libseccomp/library_file.ts";
import {
  getAPI,
  getLibraryVersion,
  getNativeArch,
  type LibraryVersion,
  ScmpError,
} from "../libseccomp/mod.ts";
import { describeVersion } from "../policy/finding.ts";
import { lintLibrary } from "../policy/lint_library.ts";
import { type Diagnosis, ok, problem, warning } from "./diagnosis.ts";
import { findTrustFault } from "./trust.ts";

/** Which libseccomp there is, and what is known against it. */
export function* diagnoseLibseccomp(): Generator<Diagnosis> {
  let version: LibraryVersion;
  try {
    version = getLibraryVersion();
  } catch (error) {
    if (!(error instanceof ScmpError)) throw error;
    yield problem(
      "version",
      error.message,
      "install libseccomp 2.5.0 or newer where the dynamic linker finds it (ldconfig -p, LD_LIBRARY_PATH)",
    );
    return;
  }
  yield ok("version", `libseccomp ${describeVersion(version)}`);
  yield diagnoseFile();
  yield diagnoseApi();
  yield diagnoseAdvisories(version);
}

/** Who could change the library could change every filter. */
function diagnoseFile(): Diagnosis {
  const name = "file";
  let file: string | undefined;
  try {
    file = getLibraryFile();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return ok(name, `where it is cannot be told: ${error.message}`);
  }
  if (file === undefined) return ok(name, "where it is cannot be told");
  const fault = findTrustFault(file);
  return fault === undefined
    ? ok(name, file)
    : problem(name, fault.message, fault.mend);
}

/** Source: seccomp_api_get(3). */
function diagnoseApi(): Diagnosis {
  const name = "api";
  try {
    return ok(name, `API level ${getAPI()}, with this kernel`);
  } catch (error) {
    if (!(error instanceof ScmpError)) throw error;
    return warning(
      name,
      `the API level cannot be told: ${error.message}`,
      "install libseccomp from your distribution",
    );
  }
}

/** As the system log has it: a warning for those who administer the machine. */
function diagnoseAdvisories(libseccomp: LibraryVersion): Diagnosis {
  const name = "advisories";
  const [known] = lintLibrary({
    libseccomp,
    architecture: getNativeArch(),
    noNewPrivs: false,
    asksNoNewPrivs: false,
  });
  if (known === undefined) return ok(name, "none is known");
  return warning(
    name,
    known.message,
    "install a libseccomp with the fixes; until then, a filter that one of these would spoil is refused",
  );
}
