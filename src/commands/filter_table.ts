import { ALWAYS, describeCondition } from "../bpf/describe_condition.ts";
import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import { WIDTH, wrap } from "../bpf/wrap.ts";
import { meantBy } from "../libseccomp/meaning.ts";
import {
  getNativeArch,
  type Journal,
  type JournalRule,
} from "../libseccomp/mod.ts";
import { describeAction } from "../policy/action.ts";
import { constantAbi } from "../policy/parse_call.ts";
import type { Layer } from "../policy/stack.ts";
import type { Survey } from "./survey.ts";

/** Rules of one call and origin beyond this many are counted and not listed. */
const LISTED = 3;

const INDENT = "  ";

/** Where lines begin, and how long they may be. */
interface Margins {
  readonly indent: string;
  readonly width: number;
}

/** What stands above a filter where there are several. */
const HEADINGS: Readonly<Record<Layer["name"], string>> = {
  filter: "the filter that plugins change",
  enforce_defaults: "enforce_defaults, a filter that no plugin changes",
  limit_setuid: "limit_setuid, a filter of its own",
};

/**
 * Filters as lines of text: under each origin its rules.
 *
 * @param layers The filters.
 * @param describeOrigin Shows where a rule comes from, with file and line.
 * @param width How many columns there are.
 * @returns Lines, indented.
 */
export function renderLayers(
  layers: readonly Layer[],
  describeOrigin: Survey["describeOrigin"],
  width = WIDTH,
): string[] {
  const margins = { indent: INDENT, width };
  return layers.flatMap((layer) => {
    if (layers.length === 1) return renderLayer(layer, describeOrigin, margins);
    const lines = renderLayer(layer, describeOrigin, deeper(margins));
    return [`${INDENT}${HEADINGS[layer.name]}:`, ...lines];
  });
}

function renderLayer(
  { journal, programs, summary }: Layer,
  describeOrigin: Survey["describeOrigin"],
  margins: Margins,
): string[] {
  return [
    ...summary === undefined ? [] : say(summary, margins),
    ...journal ? renderJournal(journal, describeOrigin, margins) : [],
    ...say(describeSize(programs), margins),
  ];
}

function describeSize(programs: Layer["programs"]): string {
  const size = `${countInstructions(programs)} instructions`;
  return programs.length === 1
    ? `${size}, proven`
    : `${size} in ${programs.length} programs, proven together`;
}

/** How many instructions some programs have. */
export function countInstructions(programs: Layer["programs"]): number {
  return programs.reduce((sum, { length }) => sum + length, 0) /
    INSTRUCTION_SIZE;
}

function renderJournal(
  { rules, architectures, defaultAction, badArchAction }: Journal,
  describeOrigin: Survey["describeOrigin"],
  margins: Margins,
): string[] {
  const rows = rules.map((rule) => ({
    ...splitOrigin(describeOrigin(rule.origin)),
    rule,
  }));
  const groups = [...Map.groupBy(rows, ({ source }) => source)];
  const others = groups.length === 0 ? "every call" : "any other call";
  return [
    ...groups.flatMap(([source, rows]) => [
      ...say(source, margins),
      ...renderRows(rows, deeper(margins)),
    ]),
    ...say(`${others}: ${describeAction(defaultAction)}`, margins),
    ...architectures.length > 1
      ? say(`covers ${architectures.join(", ")}`, margins)
      : [],
    ...say(`another architecture: ${describeAction(badArchAction)}`, margins),
  ];
}

/** A sentence; what does not fit into a line is indented further. */
function say(text: string, margins: Margins): string[] {
  const { indent, width } = margins;
  return wrap(text, indent, deeper(margins).indent, width);
}

function deeper({ indent, width }: Margins): Margins {
  return { indent: indent + INDENT, width };
}

/** A rule, and where in its source it stands. */
interface Row {
  readonly place: string;
  readonly rule: JournalRule;
}

/** The file of an origin, and what of it is another for each rule. */
function splitOrigin(origin: string): { source: string; place: string } {
  const [, source, line, rest] = /^(.*):(\d+)(.*)$/.exec(origin) ?? [];
  if (source !== undefined) return { source, place: `line ${line}${rest}` };
  const [, profile, entry] = /^(profile .*) (syscalls\[\d+\])$/.exec(origin) ??
    [];
  return profile === undefined
    ? { source: origin, place: "" }
    : { source: profile, place: entry };
}

/** A line for each rule; for all calls of one place that are treated alike one. */
function renderRows(rows: readonly Row[], margins: Margins): string[] {
  const said = [...byCall(rows)];
  return [
    ...Map.groupBy(said, ({ place, what }) => `${place}\n${what}`).values(),
  ]
    .flatMap((alike) => {
      const [{ place, what }] = alike;
      const calls = alike.map(({ call }) => call).join(", ");
      const where = place && ` [${place}]`;
      return say(`${calls}: ${what}${where}`, margins);
    });
}

/** What rules say of each call, those of very many cases in one sentence. */
function* byCall(rows: readonly Row[]) {
  const groups = Map.groupBy(
    rows,
    ({ place, rule: { syscall, action } }) =>
      `${syscall.number} ${action} ${place}`,
  );
  for (const group of groups.values()) {
    const [{ place, rule: { syscall, action } }] = group;
    const call = `${syscall}`;
    const does = describeAction(action);
    if (group.length > LISTED) {
      const what = `${does} in ${group.length} cases, see --json`;
      yield { call, place, what };
      continue;
    }
    for (const { rule } of group) {
      yield { call, place, what: `${does}${conditionsText(rule)}` };
    }
  }
}

/**
 * When a rule matches: ` when arg0 == 0x1`. Rules are about calls of the native
 * ABI, in its names.
 */
function conditionsText({ conditions, syscall }: JournalRule): string {
  if (conditions.length === 0) return "";
  const arch = getNativeArch();
  const place = {
    syscall: `${syscall}`,
    abi: constantAbi(arch),
    is64Bit: arch.is64Bit,
  };
  const texts = conditions.map((each) =>
    describeCondition(meantBy(each), place)
  );
  const limits = texts.filter((text) => text !== ALWAYS);
  return limits.length > 0 ? ` when ${limits.join(" and ")}` : ` ${ALWAYS}`;
}
