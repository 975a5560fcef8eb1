import { describeCondition } from "../bpf/describe_condition.ts";
import type { MeantRule } from "../bpf/meaning.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { WIDTH } from "../bpf/wrap.ts";
import { getNativeArch } from "../libseccomp/mod.ts";
import { archOf, nameOfCall } from "../policy/describe_call.ts";
import { describeEffect, isCarriedOut } from "../policy/effect.ts";
import { constantAbi, type ParsedCall } from "../policy/parse_call.ts";
import { describeNative } from "../policy/proof.ts";
import type { FilterVerdict, Simulation } from "../policy/simulate.ts";
import { colourActions } from "./action_colour.ts";
import { actionToJson, callText, callToJson, hex } from "./call_text.ts";
import type { Palette } from "./colour.ts";
import { fill } from "./fill.ts";
import type { Survey } from "./survey.ts";

/** What `simulate` found out. */
export interface Report {
  readonly configuration: string;
  readonly stage: string;
  readonly parsed: ParsedCall;
  /** `undefined`: there is no filter, because seccomp is disabled. */
  readonly simulation: Simulation | undefined;
  /** `SECCOMP_RET_*` with its data. */
  readonly action: number;
  readonly describeOrigin: Survey["describeOrigin"];
}

/**
 * The report as text.
 *
 * @param width How many columns there are.
 */
export function reportToText(
  report: Report,
  colours: Palette,
  width = WIDTH,
): string {
  const { parsed, action, simulation, stage } = report;
  const arch = archOf(parsed.call) ?? getNativeArch();
  const what = `${callText(parsed.call)} on ${arch} at ${stage}`;
  const words = (text: string) => text.split(" ");
  const lines = [
    ...fill("", words(what), "  ", width).map(colours.bold),
    colourActions(
      `${describeNative(action)}: ${describeEffect(action)}`,
      colours,
    ),
    ...parsed.notices.flatMap((notice) =>
      fill("notice:", words(notice), "  ", width)
    ),
  ];
  if (!simulation) lines.push("", "disabled = true: there is no filter");
  for (const filter of simulation?.filters ?? []) {
    const decides = simulation?.decidedBy === filter ? ", which decides" : "";
    lines.push(
      "",
      colourActions(
        `${filter.name}${decides}: ${describeNative(filter.action)}`,
        colours,
      ),
      ...filterLines(filter, report, width).map(([label, text]) =>
        `${colours.dim(label.padStart(LABEL))}  ${text}`
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** How wide the labels of a filter's lines are. */
const LABEL = 6;

type Line = readonly [label: string, text: string];

function filterLines(
  filter: FilterVerdict,
  report: Report,
  width: number,
): Line[] {
  const labelled = (label: string, words: readonly string[]) =>
    labelLines(label, words, width - LABEL - 2);
  const { answer, origins, asked, programs } = filter;
  const lines = answer.by === "rule"
    ? answer.rules.flatMap((rule) =>
      labelled("rule", ruleWords(rule, report.parsed.call))
    )
    : labelled("rule", [`none matches: the ${answer.by}`]);
  for (const origin of origins) {
    lines.push(["from", report.describeOrigin(origin)]);
  }
  if (asked !== undefined && asked !== filter.action) {
    lines.push(["asked", `${describeNative(asked)}, which is not enforced`]);
  }
  for (const { path } of programs) {
    lines.push(...labelled("path", pathText(path)));
  }
  return lines;
}

/** Words in as many lines as they need, the first with the label. */
function labelLines(
  label: string,
  words: readonly string[],
  width: number,
): Line[] {
  return fill("", words, "", width).map((text, index) => [
    index === 0 ? label : "",
    text,
  ]);
}

/** Instructions in order, runs of them as `8-12`. */
function pathText(path: readonly number[]): string[] {
  const runs: [first: number, last: number][] = [];
  for (const at of path) {
    const run = runs.at(-1);
    if (run && run[1] + 1 === at) run[1] = at;
    else runs.push([at, at]);
  }
  return runs.map(([first, last]) =>
    first === last ? `${first}` : `${first}-${last}`
  );
}

/** A rule in words that are not to be broken. */
function ruleWords({ conditions }: MeantRule, call: SeccompData): string[] {
  const syscall = nameOfCall(call);
  if (conditions.length === 0) return [`every ${syscall}`];
  const arch = archOf(call) ?? getNativeArch();
  const place = { syscall, abi: constantAbi(arch), is64Bit: arch.is64Bit };
  const parts = conditions.map((each, index) =>
    `${index === 0 ? "" : "and "}${describeCondition(each, place)}`
  );
  return [`${syscall} when`, ...parts];
}

/** The report for programs. */
export function reportToJson(report: Report): unknown {
  const { configuration, stage, parsed, action, simulation } = report;
  return {
    configuration,
    stage,
    call: callToJson(parsed.call),
    notices: parsed.notices,
    action: actionToJson(action),
    effect: describeEffect(action),
    isCarriedOut: isCarriedOut(action),
    decidedBy: simulation?.decidedBy.name,
    filters: simulation?.filters.map((filter) => ({
      name: filter.name,
      action: actionToJson(filter.action),
      asked: filter.asked === undefined
        ? undefined
        : actionToJson(filter.asked),
      by: filter.answer.by,
      rules: filter.answer.rules.map((rule) => ({
        text: ruleWords(rule, parsed.call).join(" "),
        conditions: rule.conditions.map(({ mask, value, ...condition }) => ({
          ...condition,
          mask: hex(mask),
          value: hex(value),
        })),
        origin: report.describeOrigin(rule.origin),
      })),
      origins: filter.origins.map(report.describeOrigin),
      programs: filter.programs.map((verdict) => ({
        action: actionToJson(verdict.action),
        path: verdict.path,
      })),
    })) ?? [],
  };
}
