import assert from "node:assert/strict";
import {
  compiled,
  fromSource,
  hasCommand,
  isRoot,
  testUnless,
} from "./program.ts";
import { commandsOf, follow, NOBODY, stepsOf } from "./transcript.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const PAGE = Deno.readTextFileSync(`${ROOT}docs/plugins.md`);
const STEPS = stepsOf(PAGE);

const otherMachine = Deno.build.arch === "x86_64"
  ? undefined
  : "the page shows what x86_64 says";

Deno.test("the page on plugins uses every command that it is to teach", () => {
  const lines = commandsOf(STEPS).map(({ line }) => line).join("\n");
  for (const name of ["plugin new", "check", "simulate", "exec"]) {
    assert.ok(lines.includes(`jacamar-seccomp ${name} `), name);
  }
  assert.ok(lines.includes("deno test"));
});

Deno.test("the page on plugins shows the plugin that plugin new writes", () => {
  const template = `${ROOT}src/scaffold/template/NAME.ts`;
  assert.ok(PAGE.includes("```ts\n" + Deno.readTextFileSync(template)));
});

for (const program of [fromSource, compiled]) {
  testUnless(
    program.missing ?? otherMachine,
    `${program.name}: every command of the page on plugins prints what the page shows`,
    () => follow(STEPS, program),
  );
}

testUnless(
  compiled.missing ?? otherMachine ??
    (isRoot && hasCommand("setpriv") ? undefined : "needs root and setpriv"),
  "they print the same for an ordinary user",
  () =>
    follow(STEPS, compiled, [
      "setpriv",
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      "--clear-groups",
    ]),
);

for (const program of [fromSource, compiled]) {
  testUnless(
    program.missing,
    `${program.name}: every command of the page on learning prints what the page shows`,
    () => {
      const page = Deno.readTextFileSync(`${ROOT}docs/learn.md`);
      return follow(stepsOf(page), program);
    },
  );
}
