import { latchExit } from "../launch/latch.ts";
import { examine, type Section, worstOf } from "../doctor/mod.ts";
import { renderSection, renderSummary, toJson } from "./doctor_report.ts";
import { end, print } from "./survey.ts";

/** Exit codes of every command but `exec`. */
const OK = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_RUN = 2;

/** The flags of `doctor`. */
export interface DoctorFlags {
  readonly configuration?: string;
  /** The driver as it is given to `exec`. */
  readonly driver?: string;
  readonly json: boolean;
}

/**
 * Looks at this machine, and at a configuration and a driver if they are given.
 *
 * @param flags The command's flags.
 * @returns Never: the process ends with 0 if all is ok, 1 if something is not,
 * and 2 if it could not run.
 */
export async function doctor(flags: DoctorFlags): Promise<never> {
  try {
    // A plugin that ends the process must not make its machine look good.
    latchExit(FOUND_SOMETHING);
    const sections: Section[] = [];
    for await (const section of look(flags)) {
      sections.push(section);
      // At once: what comes next may end the process, as a broken library can.
      if (!flags.json) print(renderSection(section));
    }
    print(
      flags.json
        ? `${JSON.stringify(toJson(sections), null, 2)}\n`
        : renderSummary(sections),
    );
    return end(worstOf(sections) === "ok" ? OK : FOUND_SOMETHING);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}

/** All sections; the last one runs plugins, after which nothing may be opened. */
async function* look(
  { configuration, driver }: DoctorFlags,
): AsyncGenerator<Section> {
  let isUnderstood = false;
  for await (const section of examine({ configuration, driver })) {
    if (section.name === "configuration") {
      isUnderstood = worstOf([section]) !== "problem";
    }
    yield section;
  }
  if (configuration === undefined || !isUnderstood) return;
  const { diagnoseFilters } = await import("./doctor_survey.ts");
  const diagnosis = await diagnoseFilters(configuration, FOUND_SOMETHING);
  yield { name: "filters", diagnoses: [diagnosis] };
}
