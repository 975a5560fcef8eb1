import type { JournalRule, ScmpCondition } from "../libseccomp/mod.ts";
import { describeAction } from "../policy/action.ts";
import type { Finding } from "../policy/lint.ts";
import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import type { Layer } from "../policy/stack.ts";
import type { Report, StageReport } from "./check.ts";

/**
 * Rules of one call and origin beyond this many are counted instead of listed.
 */
const LISTED = 3;

const SYMBOLS = {
  NotEqual: "!=",
  Less: "<",
  LessOrEqual: "<=",
  Equal: "==",
  GreaterEqual: ">=",
  Greater: ">",
  MaskedEqual: "==",
} as const;

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
    lines.push("", ...wrap(stages.join(", ")), text);
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

/** Filters as lines of text, indented by two columns. */
export function renderLayers(
  layers: readonly Layer[],
  describeOrigin: Report["describeOrigin"],
): string[] {
  return layers.flatMap((layer) => {
    const lines = renderLayer(layer, describeOrigin);
    if (layers.length === 1) return lines;
    return [`  ${HEADINGS[layer.name]}:`, ...lines];
  });
}

/** What stands above a filter where there are several. */
const HEADINGS: Readonly<Record<Layer["name"], string>> = {
  filter: "the filter that plugins change",
  enforce_defaults: "enforce_defaults, a filter that no plugin changes",
  limit_setuid: "limit_setuid, a filter of its own",
};

function renderLayer(
  { journal, programs, summary }: Layer,
  describeOrigin: Report["describeOrigin"],
): string[] {
  const lines: string[] = [];
  if (summary !== undefined) lines.push(`  ${summary}`);
  if (journal) {
    const rows = [...summarise(journal.rules)];
    const widths = [0, 1].map((column) =>
      Math.max(0, ...rows.map((row) => row[column].length))
    );
    for (const [call, action, conditions, origin] of rows) {
      const columns = `${call.padEnd(widths[0])}  ${action.padEnd(widths[1])}`;
      const from = describeOrigin(origin);
      lines.push(`  ${columns}${conditions && `  ${conditions}`}  [${from}]`);
    }
    const others = rows.length === 0 ? "every call" : "any other call";
    lines.push(`  ${others}: ${describeAction(journal.defaultAction)}`);
    const [native, ...further] = journal.architectures;
    if (further.length > 0) {
      lines.push(`  covers ${[native, ...further].join(", ")}`);
    }
    lines.push(
      `  another architecture: ${describeAction(journal.badArchAction)}`,
    );
  }
  const instructions = `${countInstructions(programs)} instructions`;
  lines.push(
    programs.length === 1
      ? `  ${instructions}, proven`
      : `  ${instructions} in ${programs.length} programs, proven together: ` +
        "libseccomp makes a wrong one of it",
  );
  return lines;
}

/** How many instructions some programs have. */
export function countInstructions(programs: Layer["programs"]): number {
  return programs.reduce((sum, { length }) => sum + length, 0) /
    INSTRUCTION_SIZE;
}

function describeFinding({ severity, message, origins }: Finding): string {
  const who = origins.length > 0 ? `  [${origins.join("; ")}]` : "";
  return `${severity}: ${message}${who}`;
}

type Row = readonly [
  call: string,
  action: string,
  conditions: string,
  origin: string,
];

/**
 * One row a rule, but one row together for many rules of one call, action and
 * origin.
 */
function* summarise(rules: readonly JournalRule[]): Generator<Row> {
  const groups = new Map<string, JournalRule[]>();
  for (const rule of rules) {
    const key = `${rule.syscall.number} ${rule.action} ${rule.origin}`;
    const group = groups.get(key);
    if (group) group.push(rule);
    else groups.set(key, [rule]);
  }
  for (const group of groups.values()) {
    const [{ syscall, action, origin }] = group;
    const row = (conditions: string): Row => [
      syscall.toString(),
      describeAction(action),
      conditions,
      origin,
    ];
    if (group.length > LISTED) {
      yield row(`in ${group.length} cases, see --json`);
    } else {for (const { conditions } of group) {
        yield row(conditions.map(describeCondition).join(", "));
      }}
  }
}

function describeCondition(
  { argument, op, operandOne, operandTwo }: ScmpCondition,
): string {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const symbol = SYMBOLS[op.comparison];
  return op.comparison === "MaskedEqual"
    ? `arg${argument} & ${hex(operandOne)} ${symbol} ${hex(operandTwo)}`
    : `arg${argument} ${symbol} ${hex(operandOne)}`;
}

/** Breaks a list at 80 columns. */
function wrap(text: string): string[] {
  return text.match(/.{1,79}(?:\s|$)/g)?.map((line) => line.trimEnd()) ??
    [text];
}
