import { latchExit } from "../launch/latch.ts";
import { filterOf } from "../libseccomp/host.ts";
import { formatOciProfile, toOciProfile } from "../policy/oci/write.ts";
import type { Layer } from "../policy/stack.ts";
import { layerToJson } from "./check.ts";
import { renderLayers } from "./check_report.ts";
import { renderGroups } from "./show_groups.ts";
import { end, print, type Survey, survey } from "./survey.ts";

/** Exit codes of every command but `exec`. */
const OK = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_RUN = 2;

/** The flags of `show`. */
export interface ShowFlags {
  readonly configuration?: string;
  readonly stage?: string;
  /** As `--user` of `exec`. */
  readonly user?: string;
  /**
   * For people, as JSON, as libseccomp's pseudo filter code, or as a profile of
   * container runtimes.
   */
  readonly format: "table" | "json" | "pfc" | "oci";
  /** Show groups of calls in place of a stage. */
  readonly groups: boolean;
  /** The same as `--format json`, for groups too. */
  readonly json: boolean;
}

/**
 * Shows the filters of one stage, or groups of calls.
 *
 * @param flags The command's flags.
 * @param names With `--groups`, the groups to show the members of.
 * @returns Never: the process ends with 0 if all could be shown, 1 if something
 * is wrong with the configuration or cannot be said in the format, and 2 if it
 * could not run.
 */
export async function show(
  flags: ShowFlags,
  ...names: readonly string[]
): Promise<never> {
  try {
    latchExit(FOUND_SOMETHING);
    if (flags.groups) {
      print(await renderGroups(names, flags.json || flags.format === "json"));
      return end(OK);
    }
    const { configuration, stage, user } = flags;
    if (configuration === undefined || stage === undefined) {
      throw new Error(
        "show needs --configuration FILE and --stage STAGE, or --groups",
      );
    }
    if (names.length > 0) {
      throw new Error(`unexpected argument ${names[0]}`);
    }
    const found = await survey({
      configuration,
      stages: [stage],
      user,
      exitCode: FOUND_SOMETHING,
    });
    const { problems, stages: [shown] } = found;
    const problem = problems.join("; ") || shown?.problem;
    if (problem) return end(FOUND_SOMETHING, problem);
    if (found.disabled) {
      return end(FOUND_SOMETHING, "seccomp is disabled: there is no filter");
    }
    const format = flags.json ? "json" : flags.format;
    const { text, missing, notes } = render(format, shown.layers, found);
    print(text);
    const said = [...missing, ...notes].join("\njacamar-seccomp: ");
    return end(missing.length === 0 ? OK : FOUND_SOMETHING, said || undefined);
  } catch (error) {
    return end(COULD_NOT_RUN, error);
  }
}

interface Rendered {
  readonly text: string;
  /** Filters that the format has no place for, one sentence each. */
  readonly missing: readonly string[];
  /** What else the format cannot say. */
  readonly notes: readonly string[];
}

function render(
  format: ShowFlags["format"],
  layers: readonly Layer[],
  { describeOrigin }: Survey,
): Rendered {
  switch (format) {
    case "table": {
      const lines = renderLayers(layers, describeOrigin);
      return { text: `${lines.join("\n")}\n`, missing: [], notes: [] };
    }
    case "json": {
      const filters = layers.map((layer) => layerToJson(layer, describeOrigin));
      return {
        text: `${JSON.stringify(filters, null, 2)}\n`,
        missing: [],
        notes: [],
      };
    }
    case "pfc":
      return { text: layers.map(toPfc).join("\n"), missing: [], notes: [] };
    case "oci":
      return toOci(layers);
  }
}

function toPfc({ name, journal, summary }: Layer): string {
  if (!journal) return `# ${name}: ${summary}\n`;
  const filter = filterOf(journal);
  try {
    return `# ${name}\n${filter.exportPFCMem()}`;
  } finally {
    filter.release();
  }
}

/** A profile holds one filter. */
function toOci(layers: readonly Layer[]): Rendered {
  const others = layers.filter(({ name }) => name !== "filter");
  const [layer] = layers.filter(({ name }) => name === "filter");
  if (!layer.journal) throw new Error("the filter has no journal");
  const { profile, notes } = toOciProfile(layer.journal);
  const missing = others.map(({ name, summary }) =>
    `${name} is a filter of its own and not in the profile${
      summary ? ` (${summary})` : ""
    }`
  );
  return { text: formatOciProfile(profile), missing, notes };
}
