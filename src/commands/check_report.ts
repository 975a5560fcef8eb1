import { WIDTH, wrap } from "../bpf/wrap.ts";
import type { Finding } from "../policy/lint.ts";
import { colourActions } from "./action_colour.ts";
import type { Report, StageReport } from "./check.ts";
import type { Palette } from "./colour.ts";
import { fill } from "./fill.ts";
import { renderLayers } from "./filter_table.ts";

const INDENT = "  ";

/** The lines that begin with a severity, and what stands before it. */
const SEVERITY = /^( *)(problem|warning|notice):/gm;

/**
 * The report as text. Stages whose filters do the same stand together.
 *
 * @param colours How stages, severities and actions are set off.
 * @param width How many columns there are.
 */
export function renderReport(
  report: Report,
  colours: Palette,
  width = WIDTH,
): string {
  const say = (text: string) => wrap(text, "", INDENT, width);
  const lines = [report.configuration];
  for (const plugin of report.plugins) lines.push(`plugin ${plugin}`);
  if (report.disabled) {
    lines.push("disabled = true: the driver is executed without a filter");
  }
  lines.push(
    ...report.problems.flatMap((problem) => say(`problem: ${problem}`)),
    ...report.oddStages.flatMap((stage) => say(`warning: ${stage}`)),
  );
  for (const [text, stages] of groupByText(report, width)) {
    const names = wrap(stages.join(", "), "", "", width);
    lines.push("", ...names.map(colours.bold), text);
  }
  const notices = new Set(
    report.stages.flatMap(({ findings }) => findings)
      .filter(({ severity }) => severity === "notice")
      .map((finding) => describeFinding(finding, "", width)),
  );
  if (notices.size > 0) lines.push("", ...notices);
  return colourActions(colourSeverities(lines.join("\n"), colours), colours) +
    "\n";
}

function groupByText(
  { stages, describeOrigin }: Report,
  width: number,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const stage of stages) {
    const text = renderStage(stage, describeOrigin, width);
    const group = groups.get(text);
    if (group) group.push(stage.stage);
    else groups.set(text, [stage.stage]);
  }
  return groups;
}

function renderStage(
  { layers, findings }: StageReport,
  describeOrigin: Report["describeOrigin"],
  width: number,
): string {
  const lines = renderLayers(layers, describeOrigin, width);
  for (const finding of findings) {
    // What is so on this machine is told once, below.
    if (finding.severity !== "notice") {
      lines.push(describeFinding(finding, INDENT, width));
    }
  }
  return lines.join("\n");
}

/** A finding, of which who is behind it is not broken within a name. */
function describeFinding(
  { severity, message, origins }: Finding,
  indent: string,
  width: number,
): string {
  const words = [...message.split(" "), ...bracketed(origins)];
  const lines = fill(`${indent}${severity}:`, words, indent + INDENT, width);
  return lines.join("\n");
}

function colourSeverities(
  text: string,
  { red, yellow, dim }: Palette,
): string {
  const colours = { problem: red, warning: yellow, notice: dim } as const;
  return text.replaceAll(
    SEVERITY,
    (_, indent: string, severity: Finding["severity"]) =>
      `${indent}${colours[severity](`${severity}:`)}`,
  );
}

/** Names in brackets, each one word. */
function bracketed(names: readonly string[]): string[] {
  const last = names.length - 1;
  return names.map((name, index) =>
    `${index === 0 ? "[" : ""}${name}${index === last ? "]" : ";"}`
  );
}
