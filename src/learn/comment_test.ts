import assert from "node:assert/strict";
import fc from "fast-check";
import { commandText, printable, reason } from "./comment.ts";

Deno.test("no text ends the line that it stands in", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(printable(text), /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.doesNotMatch(commandText([text]), /[\p{C}\p{Zl}\p{Zp}]/u);
  }));
});

Deno.test("what cannot be seen is told by its number", () => {
  assert.equal(printable("a\nb\u2028c\u202e"), "a\\u{a}b\\u{2028}c\\u{202e}");
});

Deno.test("a long text is cut", () => {
  const cut = printable("ä".repeat(500));
  assert.equal(cut, `${"ä".repeat(99)}…`);
});

Deno.test("a command is told as it is typed", () => {
  const command = ["sh", "-c", "echo 'a b'; make -j4", ""];
  assert.equal(commandText(command), "sh -c 'echo '\\''a b'\\''; make -j4' ''");
});

Deno.test("the few that called most are told, by the names of their files", () => {
  const executables = new Map([
    ["/usr/bin/make", 2],
    ["/usr/bin/sh", 40],
    ["/opt/a/cc1", 600],
    ["/opt/b/cc1 (deleted)", 600],
    ["/usr/bin/as", 1],
    ["?", 1],
  ]);
  const text = reason(1244, executables);
  assert.equal(text, "1,244 times: cc1, sh, make and 2 others");
  assert.equal(reason(1, new Map([["/bin/x", 1]])), "1 time: x");
});
