import { getLibraryVersion, getNativeArch } from "../libseccomp/mod.ts";
import { lint } from "../policy/lint.ts";
import { journaled } from "../policy/stack.ts";
import { type Diagnosis, ok, problem, warning } from "../doctor/mod.ts";
import { survey } from "./survey.ts";

/**
 * Makes the filters of all stages, as `check` does, and counts what that would
 * find. Where there are plugins, all permissions are gone afterwards.
 *
 * @param configuration The configuration file.
 * @param exitCode With which the process ends if a plugin ends it; the exit
 * latch must be on.
 */
export async function diagnoseFilters(
  configuration: string,
  exitCode: number,
): Promise<Diagnosis> {
  const name = "stages";
  const mend = `jacamar-seccomp check -c ${configuration}`;
  try {
    const found = await survey({ configuration, exitCode });
    if (found.disabled) return ok(name, "none is made: disabled = true");
    const surroundings = {
      architecture: getNativeArch(),
      libseccomp: getLibraryVersion(),
      // That it is on was told with the privileges.
      noNewPrivs: false,
      asksNoNewPrivs: false,
    };
    const findings = found.stages.flatMap(({ layers }) =>
      lint(journaled(layers), surroundings)
    );
    const messages = (severity: string) =>
      findings.filter((finding) => finding.severity === severity)
        .map(({ message }) => message);
    const problems = new Set([
      ...found.problems,
      ...found.stages.flatMap((stage) => stage.problem ?? []),
      ...messages("problem"),
    ]);
    const warnings = new Set([...found.oddStages, ...messages("warning")]);
    const stages = `${found.stages.length} stages`;
    const counted = [
      ...count(problems.size, "problem"),
      ...count(warnings.size, "warning"),
    ].join(" and ");
    if (problems.size > 0) return problem(name, `${stages}: ${counted}`, mend);
    if (warnings.size > 0) return warning(name, `${stages}: ${counted}`, mend);
    return ok(name, `${stages}: every filter is made and proven`);
  } catch (error) {
    return problem(name, (error as Error).message, mend);
  }
}

function count(size: number, noun: string): string[] {
  if (size === 0) return [];
  return [`${size} ${noun}${size === 1 ? "" : "s"}`];
}
