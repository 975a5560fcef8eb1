/**
 * What must hold of every case of the fuzzing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { readProcessStatus } from "../src/libc/process_status.ts";
import { SYSTEM_FAILURE } from "./attack.ts";
import type { Asked } from "./fuzz_arguments.ts";
import type { Evaluation } from "./fuzz_bench.ts";
import type { FuzzCase } from "./fuzz_case.ts";
import type { Ending } from "./fuzz_process.ts";
import type { Result } from "./program.ts";

/** What JavaScript throws where a program has a mistake. */
const MISTAKES = ["TypeError", "RangeError", "ReferenceError", "SyntaxError"];
const MISTAKE =
  /\b(?:Type|Reference|Syntax)Error\b|^\s+at \S+ \(|panicked|Uncaught|is not a function|Cannot read prop/m;

const OBFUSCATED =
  /^jacamar-seccomp: system error, the job was not run; [^\n/']+\n$/;

/** The filters that are on in this process, and so in all that it starts. */
const around = readProcessStatus("self")?.filterCount ?? 0;

/** Of what was gone through as `exec` does. */
export function judgeEvaluation(
  evaluation: Evaluation,
  { isTimed }: { readonly isTimed: boolean },
): void {
  switch (evaluation.outcome) {
    case "died":
      return assert.fail("the process died");
    case "stuck":
      return assert.ok(isTimed, "it came to no end");
    case "refused": {
      const { name, why } = evaluation;
      assert.ok(!MISTAKES.includes(name), `${name}: ${why}`);
      return assert.notEqual(why, "", "it does not say why");
    }
    case "filtered":
      return assert.equal(evaluation.breach, undefined);
    case "disabled":
  }
}

/** Of a configuration that was taken: another parser reads the same. */
export function judgeDocument(configuration: Uint8Array): void {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(configuration);
  assert.equal(
    canonical(ours(parse(text))),
    canonical(ours(readOtherwise(text))),
    "two parsers read different policies",
  );
}

/** Of `exec`: either nothing was run, or the driver as it was asked for. */
export function judgeExec(
  { how, stdout, stderr }: Ending,
  { request }: Asked,
  files: FuzzCase["files"],
  folder: string,
): void {
  assert.equal(stdout, "", "standard output");
  switch (how.kind) {
    case "hung":
      return assert.fail("it hung");
    case "driver": {
      assert.ok(request, "the driver was run for arguments that ask for none");
      const argv = request.driver.map((each) =>
        each.replaceAll("FOLDER", folder)
      );
      assert.deepEqual(how.argv, argv);
      if ((how.filters ?? around + 1) <= around) {
        assert.ok(
          isDisabled(files["jacamar.toml"]),
          "the driver has no filter",
        );
      }
      if (!request.unobfuscated) assert.equal(stderr, "");
      return;
    }
    case "code":
      // A filter may kill the process for the very execve of this driver.
      if (how.signal === "SIGSYS" && mayKill(files)) return;
      assert.equal(how.signal, null, stderr);
      assert.equal(how.code, SYSTEM_FAILURE, stderr);
      // An argument that is refused may be the flag, or help.
      if (request && !request.unobfuscated) assert.match(stderr, OBFUSCATED);
      // With -u a plugin may have said something before.
      assert.match(stderr, /jacamar-seccomp: [^\n]+\n$/);
  }
}

/** Of every other command. */
export function judgeCommand(
  { code, signal, stdout, stderr }: Result,
  args: readonly string[],
): void {
  assert.equal(signal, null, stderr);
  assert.ok(code >= 0 && code <= 2, `exit code ${code}`);
  assert.doesNotMatch(stderr, MISTAKE);
  if (code === 2) assert.notEqual(stderr + stdout, "", "it does not say why");
  const isJson = args.includes("--json") && !args.includes("--help");
  if (isJson && stdout !== "" && code !== 2) JSON.parse(stdout);
}

/** Whether a plugin or a profile names an action that ends the process. */
function mayKill(files: FuzzCase["files"]): boolean {
  return Object.values(files).some((bytes) => {
    // Plugins import these actions whether they use them or not.
    const after = new TextDecoder().decode(bytes)
      .replace(/^import [^;]*;/, "");
    return /Act(?:Kill|Trap)|ACT_(?:KILL|TRAP)/.test(after);
  });
}

function isDisabled(configuration: Uint8Array | undefined): boolean {
  const seccomp = ours(readOtherwise(new TextDecoder().decode(configuration)));
  return typeof seccomp === "object" && seccomp !== null &&
    "disabled" in seccomp && seccomp.disabled === true;
}

function readOtherwise(text: string): unknown {
  return getStaticTOMLValue(parseTOML(text, { tomlVersion: "1.1" }));
}

/** `[auth.seccomp]` of a document. */
function ours(document: unknown): unknown {
  let table = document;
  for (const key of ["auth", "seccomp"]) {
    table =
      typeof table === "object" && table !== null && Object.hasOwn(table, key)
        ? Reflect.get(table, key)
        : undefined;
  }
  return table;
}

/** As text, in which the order of keys tells nothing. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_key, each) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.entries(each).sort(([one], [other]) => one < other ? -1 : 1)
        : each,
  );
}
