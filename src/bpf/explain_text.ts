import type { Case, Decision } from "./_decide.ts";
import { type Condition, formatCondition } from "./condition.ts";
import type { Section } from "./explain.ts";
import { WIDTH, wrap } from "./wrap.ts";

const INDENT = "  ";

/** How the numbers of an explanation are written. */
interface Manner {
  readonly action: (action: number) => string;
  readonly is64Bit: boolean;
}

/**
 * An explanation as text.
 *
 * @param sections What is explained.
 * @param action An action with its data as people write it.
 * @param width How many columns there are.
 * @returns Lines.
 */
export function renderExplanation(
  sections: readonly Section[],
  action: (action: number) => string,
  width = WIDTH,
): string[] {
  return sections.flatMap(({ of, rows }) => {
    const is64Bit = of.some((origin) => origin.is64Bit);
    const said = (decision: Decision) =>
      formatDecision(decision, { action, is64Bit });
    const [rest] = rows.slice(-1);
    const whose = sections.length === 1
      ? "every call"
      : of.map(({ name }) => name ?? "another architecture").join(", ");
    if (rows.length === 1) {
      return wrap(`${whose}: ${said(rest.decision)}`, "", INDENT, width);
    }
    return [
      ...sections.length === 1 ? [] : wrap(`${whose}:`, "", INDENT, width),
      ...rows.flatMap(({ calls, decision }) => {
        const which = calls.length > 0 ? calls.join(", ") : "any other call";
        const text = `${which}: ${said(decision)}`;
        return wrap(text, INDENT, INDENT + INDENT, width);
      }),
    ];
  });
}

/** `ActErrno(EPERM) when arg1 & 0xffffffff == TIOCSTI, else ActAllow`. */
function formatDecision(
  { cases, otherwise }: Decision,
  manner: Manner,
): string {
  const rest = manner.action(otherwise);
  if (cases.length === 0) return rest;
  const texts = cases.map((each) => formatCase(each, manner));
  const mark = texts.length === 1 ? "," : ";";
  return `${texts.join("; ")}${mark} else ${rest}`;
}

function formatCase({ action, when }: Case, manner: Manner): string {
  const alternatives = when.map((conditions) =>
    formatConditions(conditions, when.length > 1, manner)
  );
  return `${manner.action(action)} when ${alternatives.join(" or ")}`;
}

function formatConditions(
  conditions: readonly Condition[],
  isOneOfMany: boolean,
  { is64Bit }: Manner,
): string {
  const texts = conditions.map((each) => formatCondition(each, is64Bit));
  const text = texts.join(" and ");
  return isOneOfMany && texts.length > 1 ? `(${text})` : text;
}
