import type { SeccompData } from "../bpf/seccomp_data.ts";
import { WIDTH } from "../bpf/wrap.ts";
import { getNativeArch } from "../libseccomp/mod.ts";
import type {
  Decision,
  SettingChange,
  StageCallChange,
  StageChanges,
} from "../policy/compare_stages.ts";
import { archOf, nameOfCall } from "../policy/describe_call.ts";
import { describeNative } from "../policy/proof.ts";
import { colourActions } from "./action_colour.ts";
import { callText } from "./call_text.ts";
import type { Palette } from "./colour.ts";
import { fill } from "./fill.ts";
import type { Survey } from "./survey.ts";

/** What `diff` found out about one stage. */
export interface StageDiff {
  readonly stage: string;
  readonly changes: StageChanges;
  /** Why no job would be started, if none would. */
  readonly problems: {
    readonly before: string | undefined;
    readonly after: string | undefined;
  };
}

/** What `diff` found out. */
export interface DiffReport {
  readonly before: Survey;
  readonly after: Survey;
  readonly stages: readonly StageDiff[];
}

/** How a report is laid out. */
interface Layout {
  readonly colours: Palette;
  /** How many columns there are. */
  readonly width: number;
}

/** The report as text. Stages with the same changes stand together. */
export function reportToText(
  report: DiffReport,
  colours: Palette,
  width = WIDTH,
): string {
  const { before, after, stages } = report;
  const lines = [
    `old  ${before.configuration}${before.disabled ? ", disabled" : ""}`,
    `new  ${after.configuration}${after.disabled ? ", disabled" : ""}`,
  ];
  const same: string[] = [];
  const byText = Map.groupBy(
    stages,
    (stage) => stageLines(stage, report, { colours, width }).join("\n"),
  );
  for (const [text, alike] of byText) {
    const names = alike.map(({ stage }) => stage);
    if (text === "") same.push(...names);
    else lines.push("", ...listed("", names, width).map(colours.bold), text);
  }
  if (same.length > 0) {
    lines.push("", ...listed("no difference at", same, width));
  }
  if (stages.length === 0) lines.push("", "no difference");
  return `${lines.join("\n")}\n`;
}

function listed(
  head: string,
  names: readonly string[],
  width: number,
): string[] {
  const last = names.length - 1;
  const words = names.map((name, at) => at < last ? `${name},` : name);
  return fill(head, words, "  ", width);
}

/** How settings are told. */
const SETTINGS: Readonly<Record<SettingChange["setting"], string>> = {
  logging: "logging of refusals",
  no_new_privs: "no_new_privs",
  speculative_store_bypass: "speculative store bypass",
};

function stageLines(
  { changes, problems }: StageDiff,
  report: DiffReport,
  layout: Layout,
): string[] {
  const sides = [["old", problems.before], ["new", problems.after]] as const;
  return [
    ...sides.flatMap(([side, problem]) =>
      problem === undefined ? [] : fill(
        `  problem of the ${side}:`,
        problem.split(" "),
        "    ",
        layout.width,
      )
    ),
    ...group(changes.calls).flatMap((alike) =>
      changeLines(alike, report, layout)
    ),
    ...changes.settings.map(({ setting, before, after }) =>
      `  ${SETTINGS[setting]}: ${before} → ${after}`
    ),
  ];
}

type Alike = readonly [StageCallChange, ...StageCallChange[]];

/**
 * Puts calls together for which the same changes for a like reason; where that
 * is so in some cases only, for the very same one: a witness of another would
 * not show which.
 */
function group(changes: readonly StageCallChange[]): Alike[] {
  const groups = Map.groupBy(
    changes,
    ({ abi, number, isWhole, before, after }) =>
      JSON.stringify([
        ...[abi, number === undefined, isWhole],
        ...[before.action, before.by, after.action, after.by],
        isWhole || [before.origins, after.origins],
      ]),
  );
  return [...groups.values()].map(([first, ...rest]) => [first, ...rest]);
}

function changeLines(
  alike: Alike,
  { before, after }: DiffReport,
  { colours, width }: Layout,
): string[] {
  const [first] = alike;
  const where = [
    ...first.abi === undefined || first.abi === getNativeArch().name
      ? []
      : [` on ${first.abi}`],
    ...first.isWhole ? [] : [", in some cases"],
  ].join("");
  const change = `: ${describeNative(first.before.action)} → ${
    describeNative(first.after.action)
  }`;
  const room = width - INDENT - where.length - change.length;
  const names = first.number === undefined
    ? [first.abi === undefined ? OTHER_ARCHITECTURES : UNNAMED]
    : alike.map(({ witness }) => nameOfCall(witness));
  const label = (text: string) => colours.dim(text.padStart(LABEL));
  const reasons = (side: "before" | "after", found: Survey) => {
    const each = alike.flatMap((change) => reasonsOf(change[side], found));
    return shorten([...new Set(each)], "; ", width - LABEL - INDENT);
  };
  return [
    `  ${shorten(names, ", ", room)}${where}${colourActions(change, colours)}`,
    `${label("as in")}  ${witnessText(first.witness)}`,
    `${label("old")}  ${reasons("before", before)}`,
    `${label("new")}  ${reasons("after", after)}`,
  ];
}

const INDENT = 2;
const LABEL = 9;
const UNNAMED = "calls that no rule names";
const OTHER_ARCHITECTURES = "calls of other architectures";

/** As many words as fit, at least one, and the number of the others. */
function shorten(
  words: readonly string[],
  separator: string,
  width: number,
): string {
  for (let count = words.length; count > 0; count--) {
    const rest = words.length - count;
    const text = words.slice(0, count).join(separator) +
      (rest === 0 ? "" : ` and ${rest} more`);
    if (text.length <= width || count === 1) return text;
  }
  return "";
}

function reasonsOf(
  { by, origins }: Decision,
  { describeOrigin }: Survey,
): string[] {
  const from = origins.map(describeOrigin);
  if (by === "rule") return from;
  const what = by === "no filter" ? "no filter, disabled" : `the ${by}`;
  return [[what, ...from].join(", ")];
}

/** A call with its arguments up to the last one that is not 0. */
function witnessText(call: SeccompData): string {
  const last = call.args.findLastIndex((value) => value !== 0n);
  const text = callText({ ...call, args: call.args.slice(0, last + 1) });
  const arch = archOf(call);
  if (arch === getNativeArch()) return text;
  return `${text} on ${
    arch ?? `architecture 0x${call.architecture.toString(16)}`
  }`;
}
