import { wrap } from "../bpf/wrap.ts";
import {
  type Diagnosis,
  type Section,
  type Status,
  worstOf,
} from "../doctor/mod.ts";
import { palette } from "./colour.ts";
import { outputWidth } from "./width.ts";

/** Wide enough for every status, and for every name. */
const STATUS_WIDTH = "problem".length;
const NAME_WIDTH = "notification".length;

/** A section as text: a line for each diagnosis, and below it how to mend it. */
export function renderSection({ name, diagnoses }: Section): string {
  const lines = [palette().bold(name), ...diagnoses.flatMap(renderDiagnosis)];
  return `${lines.join("\n")}\n\n`;
}

function renderDiagnosis(
  { status, name, message, mend }: Diagnosis,
): string[] {
  const label = status.padEnd(STATUS_WIDTH);
  const head = `  ${label}  ${name.padEnd(NAME_WIDTH)}  `;
  const indent = " ".repeat(head.length);
  const width = outputWidth();
  // Coloured when all is broken into lines: colours have no width.
  const [first, ...rest] = wrap(message, head, indent, width);
  const lines = [first.replace(label, paint(status)(label)), ...rest];
  if (mend !== undefined) {
    lines.push(...wrap(`mend: ${mend}`, indent, indent, width));
  }
  // A word that is wider than a line leaves an empty one behind.
  return lines.filter((line) => line.trim() !== "");
}

function paint(status: Status): (text: string) => string {
  const { green, red, yellow } = palette();
  switch (status) {
    case "ok":
      return green;
    case "warning":
      return yellow;
    case "problem":
      return red;
  }
}

/** The last line: how many there are of each. */
export function renderSummary(sections: readonly Section[]): string {
  const worst = worstOf(sections);
  const count = (status: Status) =>
    sections.flatMap(({ diagnoses }) => diagnoses)
      .filter((diagnosis) => diagnosis.status === status).length;
  const plural = (number: number, noun: string) =>
    `${number} ${noun}${number === 1 ? "" : "s"}`;
  const text = worst === "ok"
    ? "all is ok"
    : `${plural(count("problem"), "problem")}, ` +
      `${plural(count("warning"), "warning")}, ${count("ok")} ok`;
  return `${paint(worst)(text)}\n`;
}

/** The sections as they are written in JSON. */
export function toJson(sections: readonly Section[]): unknown {
  return {
    checks: sections.flatMap(({ name: section, diagnoses }) =>
      diagnoses.map(({ status, name, message, mend }) => ({
        section,
        name,
        status,
        message,
        mend,
      }))
    ),
    worst: worstOf(sections),
  };
}
