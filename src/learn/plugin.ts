import { describeConstant } from "../bpf/constants.ts";
import { getArchFromString, getNativeArch } from "../libseccomp/mod.ts";
import { constantAbi } from "../policy/parse_call.ts";
// Deno takes a file that it knows as a text for one when it is imported as a
// module, too; the query makes it another one.
import TEMPLATE from "../../plugins/learned.ts?text" with { type: "text" };
import { plural, reason } from "./comment.ts";
import { isKnown } from "./fold.ts";
import { header, placeOf, type Written } from "./header.ts";
import { injections } from "./injections.ts";
import type { LearnedCall, LearnedStage, LearnRecord } from "./record.ts";
import { SHAPES } from "./shape.ts";

/** As in plugins/learned.ts, which decides; here it is told of. */
const MOST_SHAPES = 16;

/** Where plugins/learned.ts has its record from. */
const IMPORT = /^import record from .*;\n/m;

/** ScmpSyscall of libseccomp-golang takes no higher number. */
const HIGHEST = 2 ** 31 - 1;

/** A call as the plugin needs it, and what a comment says of it. */
interface Row {
  readonly call: Partial<LearnedCall>;
  readonly reason: string;
}

/**
 * Writes the plugin that lets each stage call what was seen, with the arguments
 * that were seen where they matter: plugins/learned.ts with the record in it.
 *
 * @param record The record; as `parseRecord` or `mergeRecords` return it.
 * @returns The plugin, in TypeScript, and what is missing in it.
 * @throws {ScmpError} If libseccomp cannot be opened.
 */
export function writePlugin(record: LearnRecord): Written {
  const notes: string[] = [];
  const stages = Object.entries(record.stages).flatMap(([name, stage]) => [
    `    ${JSON.stringify(name)}: {`,
    "      calls: [",
    ...linesOf(name, stage, notes),
    "      ],",
    "    },",
  ]);
  const inlined = [
    "",
    "// deno-fmt-ignore",
    "const record = {",
    "  stages: {",
    ...stages,
    "  },",
    "};",
    "",
  ].join("\n");
  const [before, after] = TEMPLATE.split(IMPORT);
  const about = header(record).map((line) => `// ${line}`.trimEnd());
  const imports = before.slice(before.indexOf("import {"));
  return { text: `${about.join("\n")}\n\n${imports}${inlined}${after}`, notes };
}

/** A line for each call; what is left out is told in a comment and a note. */
function linesOf(name: string, stage: LearnedStage, notes: string[]): string[] {
  const where = placeOf(name);
  notes.push(...injections(stage.calls).map((note) => `${where}${note}`));
  return stage.calls.map((call) => {
    const why = whyLeftOut(call);
    if (why === undefined) return render(rowOf(call));
    const times = plural(call.count, "time");
    const note = `${why} and is left out; it was made ${times}`;
    notes.push(`${where}${note}`);
    return `        // ${note}`;
  });
}

/** Why a plugin on this machine could not allow a call, if it could not. */
function whyLeftOut({ name, abi }: LearnedCall): string | undefined {
  if (typeof name === "string") {
    return isKnown(name)
      ? undefined
      : `${name} of ${abi} is not known in this libseccomp`;
  }
  const isTaken = abi === getNativeArch().name && name <= HIGHEST;
  return isTaken ? undefined : `call ${name} of ${abi} has no name`;
}

function rowOf({ name, abi, shapes, ...call }: LearnedCall): Row {
  const seen = reason(call.count, new Map(Object.entries(call.executables)));
  if (!SHAPES.has(`${name}`)) return { call: { name, abi }, reason: seen };
  const why = shapes === undefined || call.moreShapes
    ? "any arguments, as not all are known"
    : shapes.length > MOST_SHAPES
    ? `any arguments, as ${shapes.length} kinds are too many`
    : undefined;
  if (why !== undefined) {
    return { call: { name, abi, moreShapes: true }, reason: `${seen}; ${why}` };
  }
  const named = namesOf({ name, abi, shapes });
  return {
    call: { name, abi, shapes },
    reason: named === undefined ? seen : `${seen}; ${named}`,
  };
}

/** The shapes by the names of their values; `undefined` if none has a name. */
function namesOf(
  { name, abi, shapes = [] }: Pick<LearnedCall, "name" | "abi" | "shapes">,
): string | undefined {
  const matter = SHAPES.get(`${name}`) ?? [];
  const constants = constantAbi(getArchFromString(abi));
  const nameOf = (value: string, at: number) =>
    describeConstant(`${name}`, matter[at].index, BigInt(value), constants);
  const isNamed = shapes.some(({ values }) =>
    values.some((value, at) => nameOf(value, at) !== undefined)
  );
  if (!isNamed) return undefined;
  return shapes.map(({ values }) =>
    values.map((value, at) => nameOf(value, at) ?? value).join(" ")
  ).join(", ");
}

function render({ call, reason }: Row): string {
  const { shapes, ...rest } = call;
  const keys = Object.entries(rest).map(([key, value]) =>
    `${key}: ${JSON.stringify(value)}`
  );
  const values = shapes?.map(({ values }) =>
    `{ values: [${values.map((value) => JSON.stringify(value)).join(", ")}] }`
  );
  if (values) keys.push(`shapes: [${values.join(", ")}]`);
  return `        { ${keys.join(", ")} }, // ${reason}`;
}
