import assert from "node:assert/strict";
import { WIDTH, wrap } from "./wrap.ts";

Deno.test("a text is broken at spaces and after |, and loses nothing", () => {
  const flags = Array.from({ length: 30 }, (_, i) => `FLAG_${i}`).join("|");
  const text = `ioctl: when arg0 & (${flags}) == 0x0, else ActAllow`;
  const lines = wrap(text, "  ", "    ");
  assert.ok(lines.length > 2);
  for (const line of lines) assert.ok(line.length <= WIDTH, line);
  const [first, ...others] = lines;
  assert.ok(first.startsWith("  ioctl"));
  for (const line of others) assert.match(line, /^ {4}\S/);
  const joined = lines.map((line) => line.trim()).join("");
  assert.equal(joined.replaceAll(" ", ""), text.replaceAll(" ", ""));
});

Deno.test("a word that fits into no line stands on one of its own", () => {
  const path = `/${"long/".repeat(20)}`;
  assert.deepEqual(wrap(`plugin ${path} or so`, "", " "), [
    "plugin",
    ` ${path}`,
    " or so",
  ]);
});
