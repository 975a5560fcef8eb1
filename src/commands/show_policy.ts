import { filterOf } from "../libseccomp/host.ts";
import { formatOciProfile, toOciProfile } from "../policy/oci/write.ts";
import type { Layer } from "../policy/stack.ts";
import { layerToJson } from "./check.ts";
import { renderLayers } from "./filter_table.ts";
import type { NamedProgram } from "./show_code.ts";
import type { Settings, Survey } from "./survey.ts";

/** A format in which filters are shown as text. */
export type TextFormat = "table" | "json" | "pfc" | "oci";

/** Filters in a format. */
export interface Rendered {
  readonly text: string;
  /** Filters that the format has no place for, one sentence each. */
  readonly missing: readonly string[];
  /** What else the format cannot say. */
  readonly notes: readonly string[];
}

/** The filters of a stage in a format, for people in that many columns. */
export function renderPolicy(
  format: TextFormat,
  layers: readonly Layer[],
  { describeOrigin, settings }: Survey,
  width: number,
): Rendered {
  switch (format) {
    case "table":
      return all(`${renderLayers(layers, describeOrigin, width).join("\n")}\n`);
    case "json": {
      const filters = layers.map((layer) => ({
        ...layerToJson(layer, describeOrigin),
        code: layer.programs.map((program) => program.toHex()),
      }));
      return all(`${JSON.stringify({ ...settings, filters }, null, 2)}\n`);
    }
    case "pfc":
      return all(layers.map(toPfc).join("\n"));
    case "oci":
      return toOci(layers, settings);
  }
}

/** The programs of some filters, in the order in which they are loaded. */
export function programsOf(layers: readonly Layer[]): NamedProgram[] {
  return layers.flatMap(({ name, programs }) =>
    programs.map((bytes, index) => ({
      name: programs.length === 1
        ? name
        : `${name}, program ${index + 1} of ${programs.length}`,
      bytes,
    }))
  );
}

function all(text: string): Rendered {
  return { text, missing: [], notes: [] };
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
function toOci(
  layers: readonly Layer[],
  settings: Settings | undefined,
): Rendered {
  const others = layers.filter(({ name }) => name !== "filter");
  const [layer] = layers.filter(({ name }) => name === "filter");
  if (!layer.journal) throw new Error("the filter has no journal");
  const { log, noNewPrivs } = layer.journal;
  const { profile, notes } = toOciProfile({
    ...layer.journal,
    log: log || settings?.logDenied === true,
    noNewPrivs: noNewPrivs || settings?.noNewPrivs === true,
  });
  const missing = others.map(({ name, summary }) =>
    `${name} is a filter of its own and not in the profile${
      summary ? ` (${summary})` : ""
    }`
  );
  return { text: formatOciProfile(profile), missing, notes };
}
