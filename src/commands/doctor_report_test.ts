import assert from "node:assert/strict";
import { ok, problem, type Section, warning } from "../doctor/mod.ts";
import { renderSection, renderSummary, toJson } from "./doctor_report.ts";

const LONG = "a message that goes on and on ".repeat(5).trim();
const SECTIONS: readonly Section[] = [
  { name: "one", diagnoses: [ok("a", "fine"), warning("b", LONG, "do it")] },
  { name: "two", diagnoses: [problem("notification", "bad", "/x".repeat(60))] },
];

Deno.test("messages stand under each other, in lines of at most 80 columns", () => {
  const [head, ...lines] = renderSection(SECTIONS[0]).trimEnd().split("\n");
  assert.equal(head, "one");
  assert.equal(lines[0], "  ok       a             fine");
  assert.match(lines[1], /^ {2}warning {2}b {13}a message /);
  assert.equal(lines.at(-1), `${" ".repeat(25)}mend: do it`);
  for (const line of lines) assert.ok(line.length <= 80, line);
  for (const line of lines.slice(2)) assert.match(line, /^ {25}\S/);
});

Deno.test("a word that is too wide leaves no empty line", () => {
  const lines = renderSection(SECTIONS[1]).trimEnd().split("\n");
  assert.ok(lines.every((line) => line.trim() !== ""), lines.join("\n"));
});

Deno.test("the summary counts, and JSON has the worst", () => {
  assert.equal(renderSummary(SECTIONS), "1 problem, 1 warning, 1 ok\n");
  const [one] = SECTIONS;
  assert.equal(renderSummary([one]), "0 problems, 1 warning, 1 ok\n");
  const fine = { name: "one", diagnoses: [ok("a", "fine")] };
  assert.equal(renderSummary([fine]), "all is ok\n");
  const worst = (sections: readonly Section[]) =>
    (toJson(sections) as { worst: string }).worst;
  assert.deepEqual(
    [worst(SECTIONS), worst([one]), worst([fine])],
    ["problem", "warning", "ok"],
  );
});
