import type { Finding } from "../policy/lint.ts";
import { wrap } from "../bpf/wrap.ts";
import type { Report, StageReport } from "./check.ts";
import { renderLayers } from "./filter_table.ts";

/** The report as text. Stages whose filters do the same stand together. */
export function renderReport(report: Report): string {
  const lines = [report.configuration];
  for (const plugin of report.plugins) lines.push(`plugin ${plugin}`);
  if (report.disabled) {
    lines.push("disabled = true: the driver is executed without a filter");
  }
  for (const problem of report.problems) lines.push(`problem: ${problem}`);
  for (const stage of report.oddStages) lines.push(`warning: ${stage}`);
  for (const [text, stages] of groupByText(report)) {
    lines.push("", ...wrap(stages.join(", "), ""), text);
  }
  const notices = new Set(
    report.stages.flatMap(({ findings }) => findings)
      .filter(({ severity }) => severity === "notice").map(describeFinding),
  );
  if (notices.size > 0) lines.push("", ...notices);
  return `${lines.join("\n")}\n`;
}

function groupByText(
  { stages, describeOrigin }: Report,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const stage of stages) {
    const text = renderStage(stage, describeOrigin);
    const group = groups.get(text);
    if (group) group.push(stage.stage);
    else groups.set(text, [stage.stage]);
  }
  return groups;
}

function renderStage(
  { layers, findings }: StageReport,
  describeOrigin: Report["describeOrigin"],
): string {
  const lines = renderLayers(layers, describeOrigin);
  for (const finding of findings) {
    // What is so on this machine is told once, below.
    if (finding.severity !== "notice") {
      lines.push(`  ${describeFinding(finding)}`);
    }
  }
  return lines.join("\n");
}

function describeFinding({ severity, message, origins }: Finding): string {
  const who = origins.length > 0 ? `  [${origins.join("; ")}]` : "";
  return `${severity}: ${message}${who}`;
}
