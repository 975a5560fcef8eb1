import assert from "node:assert/strict";
import ts from "@typescript/typescript6";
import * as library from "jacamar-seccomp";
import * as testing from "jacamar-seccomp/testing";
import {
  compiled,
  fromSource,
  type Program,
  run,
  Scratch,
  testUnless,
} from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const TYPES = await types(fromSource);

async function types(program: Program): Promise<string> {
  const { code, stdout, stderr } = await run(program, ["plugin", "types"]);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("plugin types prints what the source says now", async () => {
  using scratch = new Scratch();
  const file = `${scratch.path}/types.d.ts`;
  const { success, stderr } = await new Deno.Command(`${ROOT}scripts/types`, {
    args: [file],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const message = "they are old: scripts/types writes them anew";
  assert.equal(TYPES, Deno.readTextFileSync(file), message);
});

testUnless(
  compiled.missing,
  "the executable prints the same types as the source",
  async () => assert.equal(await types(compiled), TYPES),
);

/** What type checkers complain of in a plugin that has nothing but the types. */
interface Checker {
  readonly name: string;
  readonly check: (folder: string, files: readonly string[]) => Promise<string>;
}

const checkers: readonly Checker[] = [
  {
    name: "deno check",
    async check(folder, files) {
      const settings = {
        compilerOptions: { types: ["./jacamar-seccomp.d.ts"] },
      };
      Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(settings));
      const command = [Deno.execPath(), "check", "--no-remote", "--no-npm"];
      const env = { NO_COLOR: "1", DENO_DIR: `${folder}/cache` };
      const { code, stderr } = await run(
        { name: "deno", command },
        files,
        { cwd: folder, env },
      );
      return code === 0 ? "" : stderr;
    },
  },
  {
    name: "tsc --noEmit",
    check(folder, files) {
      const options: ts.CompilerOptions = {
        noEmit: true,
        strict: true,
        allowImportingTsExtensions: true,
        types: [],
        target: ts.ScriptTarget.ESNext,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
      };
      const roots = [...files, "jacamar-seccomp.d.ts"].map((file) =>
        `${folder}/${file}`
      );
      const found = ts.getPreEmitDiagnostics(ts.createProgram(roots, options));
      return Promise.resolve(
        found.map(({ messageText }) =>
          ts.flattenDiagnosticMessageText(messageText, "\n")
        ).join("\n"),
      );
    },
  },
];

const PLUGIN = `
import { ActErrno, CompareMaskedEqual, errno, getSyscallFromName, makeCondition, ScmpFilter, type SeccompExpansion } from "jacamar-seccomp";
export const seccompExpansion: SeccompExpansion = async (filter, stage, { user, libseccomp }) => {
  const name: string = stage + user?.uid + libseccomp.minor;
  const call = getSyscallFromName(name);
  filter.addRule(call, ActErrno.setReturnCode(errno.EPERM));
  filter.addRuleConditional(call, ActErrno, [makeCondition(0, CompareMaskedEqual, 0xffffffff, 1n)]);
  filter.merge(new ScmpFilter(filter.getDefaultAction()));
  if (!filter.isValid()) return new Error("no");
};
`;
const TEST = `
import { expand, type Expansion, simulate, type Verdict } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./plugin.ts";
const expansion: Expansion = await expand(seccompExpansion, { user: { uid: 1, gid: 2 } });
const verdict: Verdict = simulate(expansion, { call: "mkdir", arch: "x86" }, 1, 2n, "AT_FDCWD");
export const told: string | undefined = verdict.rule?.origin;
`;

const wrong: [what: string, text: string, message: RegExp][] = [
  [
    "a number in place of a call",
    'import { ActAllow, type SeccompExpansion } from "jacamar-seccomp";\n' +
    "export const seccompExpansion: SeccompExpansion = (filter) => filter.addRule(83, ActAllow);",
    /Argument of type 'number' is not assignable to parameter of type 'ScmpSyscall'/,
  ],
  [
    "something that only looks like an action",
    'import { ScmpFilter } from "jacamar-seccomp";\n' +
    'new ScmpFilter({ kind: "Allow", code: 0 });',
    /not assignable to parameter of type 'ScmpAction'/,
  ],
  [
    "a misspelt export",
    'export { getSyscallFromNames } from "jacamar-seccomp";',
    /has no exported member (?:named )?'getSyscallFromNames'/,
  ],
  [
    "a class that is inside",
    'export { FilterRules } from "jacamar-seccomp";',
    /declares 'FilterRules' locally, but it is not exported|no exported member/,
  ],
  [
    "a misspelt errno",
    'import { errno } from "jacamar-seccomp";\nerrno.EPREM;',
    /Property 'EPREM' does not exist/,
  ],
  [
    "a value that is none in a test",
    'import { Verdict } from "jacamar-seccomp/testing";\nVerdict.prototype;',
    /'Verdict' cannot be used as a value/,
  ],
];

for (const { name, check } of checkers) {
  const checkAll = async (...texts: readonly string[]) => {
    using scratch = new Scratch();
    scratch.file("jacamar-seccomp.d.ts", TYPES);
    scratch.file("plugin.ts", PLUGIN);
    const files = texts.map((text, index) => {
      scratch.file(`file${index}.ts`, text);
      return `file${index}.ts`;
    });
    return await check(scratch.path, ["plugin.ts", ...files]);
  };

  Deno.test(`${name}: a plugin and its test need nothing but the printed types`, async () => {
    assert.equal(await checkAll(TEST), "");
  });

  Deno.test(`${name}: ${wrong.map(([what]) => what).join(", ")} are errors`, async () => {
    const found = await checkAll(...wrong.map(([, text]) => text));
    for (const [, , message] of wrong) assert.match(found, message);
  });

  for (
    const [module, file, values] of [
      ["jacamar-seccomp", "src/mod.ts", library],
      ["jacamar-seccomp/testing", "src/testing.ts", testing],
    ] as const
  ) {
    Deno.test(`${name}: all that ${module} exports has a type, and no more`, async () => {
      const all = (await exportsOf(file)).join(", ");
      const names = Object.keys(values).map((each) => `"${each}"`).join(" | ");
      const text = `
import type { ${all} } from "${module}";
import * as all from "${module}";
type Values = ${names};
export const exact: [Values, keyof typeof all] extends [keyof typeof all, Values] ? true : false = true;
`;
      assert.equal(await checkAll(text), "");
    });
  }
}

/** Every name that a module of the source exports. */
async function exportsOf(file: string): Promise<string[]> {
  const command = [Deno.execPath(), "doc", "--json"];
  const { stdout } = await run({ name: "deno", command }, [`${ROOT}${file}`]);
  const [{ symbols }] = Object.values<{ symbols: { name: string }[] }>(
    JSON.parse(stdout).nodes,
  );
  return symbols.map(({ name }) => name);
}
