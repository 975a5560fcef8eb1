import assert from "node:assert/strict";
import fc from "fast-check";
import { said } from "../../tests/explained.ts";
import { comparingPrograms } from "../../tests/random_program.ts";
import { treeCalls, treePrograms } from "../../tests/random_tree.ts";
import { Budget, BudgetError } from "./budget.ts";
import { explain } from "./explain.ts";
import { renderExplanation } from "./explain_text.ts";
import { exploreAll, UnknownProgramError } from "./explore.ts";
import {
  and,
  assemble,
  type Instruction,
  jumpIfEqual,
  load,
  ret,
} from "./instruction.ts";
import type { Naming } from "./naming.ts";
import * as op from "./opcode.ts";
import { decode } from "./program.ts";
import { runAll } from "./run.ts";
import { highWord, lowWord } from "./seccomp_data.ts";
import { WIDTH } from "./wrap.ts";

const REFUSE = 0x5_0001;
const PASS = 0x7fff_0000;

/** One architecture with two ABIs, and one with one. */
const NAMING: Naming = {
  abis: [
    {
      name: "small",
      architecture: 1,
      numbers: [[0, 0xff], [0xffff_ffff, 0xffff_ffff]],
      is64Bit: true,
      constants: "x86_64",
    },
    {
      name: "large",
      architecture: 1,
      numbers: [[0x100, 0xffff_fffe]],
      is64Bit: true,
      constants: undefined,
    },
    {
      name: "narrow",
      architecture: 3,
      numbers: [[0, 0xffff_ffff]],
      is64Bit: false,
      constants: "x86",
    },
  ],
  expected: [1],
  call: ({ name }, number) =>
    name === "large"
      ? undefined
      : ["read", "write", "open", undefined, "ioctl", "clone"].at(number),
  action: (action) =>
    new Map([[REFUSE, "Refuse"], [PASS, "Pass"]]).get(action) ??
      `Act${action}`,
};

const programs = fc.array(
  fc.oneof(comparingPrograms, ...[
    treePrograms([0, 1, 2, ...[4, 5, 4, 5, 6, 7]]),
    treePrograms([4, 5, 6]),
    treePrograms([2, 4, 6, 8, 15]),
  ]),
  { minLength: 1, maxLength: 2 },
);

Deno.test("what is said of a call is what the programs answer", () => {
  fc.assert(
    fc.property(
      programs,
      fc.array(treeCalls, { minLength: 30, maxLength: 30 }),
      (instructions, calls) => {
        const programs = instructions.map((each) => decode(assemble(each)));
        const sections = explain(programs, NAMING);
        const budget = new Budget(1_000_000);
        const samples = [...exploreAll(programs, budget)]
          .map(({ region }) => region.sample(budget));
        for (const call of [...calls, ...samples]) {
          assert.equal(said(sections, call), runAll(programs, call));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

function explained(...programs: readonly (readonly Instruction[])[]): string[] {
  const decoded = programs.map((each) => decode(assemble(each)));
  return renderExplanation(explain(decoded, NAMING), NAMING.action);
}

/** Goes on if a word is a number, and otherwise lets pass. */
function require(word: number, k: number): Instruction[] {
  return [load(4 * word), jumpIfEqual(k, 1, 0), ret(PASS)];
}

/** The tests of one call of `small`, everything else being let pass. */
function ofCall(number: number, ...rest: Instruction[]): string {
  const program = [...require(1, 1), ...require(0, number), ...rest];
  const lines = explained(program);
  const next = lines.indexOf("  any other call: Pass");
  return lines.slice(1, next).map((line) => line.trim()).join(" ");
}

function test(code: number, k: number, jt: number, jf: number): Instruction {
  return { code: op.JMP | code, jt, jf, k };
}

const LOW = 4 * lowWord(1);
const HIGH = 4 * highWord(1);

const CONDITIONS: readonly [decision: string, rest: readonly Instruction[]][] =
  [
    ["Refuse when arg1 & 0xffffffff == TIOCSTI, else Pass", [
      load(LOW),
      jumpIfEqual(0x5412, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    ["Refuse when arg1 == TIOCSTI, else Pass", [
      load(HIGH),
      jumpIfEqual(0, 0, 3),
      load(LOW),
      jumpIfEqual(0x5412, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    ["Refuse when arg1 & 0xffffffff in {TIOCSTI, TIOCLINUX}, else Pass", [
      load(LOW),
      jumpIfEqual(0x5412, 1, 0),
      jumpIfEqual(0x541c, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    ["Pass when arg1 & 0xffffffff in {TIOCSTI, TIOCLINUX}, else Refuse", [
      load(LOW),
      jumpIfEqual(0x5412, 2, 0),
      jumpIfEqual(0x541c, 1, 0),
      ret(REFUSE),
      ret(PASS),
    ]],
    ["Refuse when arg1 >= 0x500000007, else Pass", [
      load(HIGH),
      test(op.JGT, 5, 3, 0),
      jumpIfEqual(5, 0, 3),
      load(LOW),
      test(op.JGE, 7, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    [
      "Refuse when arg1 & 0xffffffff >= 0x3 and arg1 & 0xffffffff <= 0x8, else Pass",
      [
        load(LOW),
        test(op.JGE, 3, 0, 2),
        test(op.JGT, 8, 1, 0),
        ret(REFUSE),
        ret(PASS),
      ],
    ],
    ["Refuse when arg1 & 0x600 == 0x200, else Pass", [
      load(LOW),
      and(0x600),
      jumpIfEqual(0x200, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    ["Refuse when arg1 & 0x600000006 == 0x200000004, else Pass", [
      load(HIGH),
      and(6),
      jumpIfEqual(2, 0, 4),
      load(LOW),
      and(6),
      jumpIfEqual(4, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ]],
    [
      "Pass when arg1 & 0xffffffff != TIOCSTI and instruction_pointer >= 0x100000000, else Refuse",
      [
        load(LOW),
        jumpIfEqual(0x5412, 2, 0),
        load(12),
        jumpIfEqual(0, 0, 1),
        ret(REFUSE),
        ret(PASS),
      ],
    ],
  ];

for (const [decision, rest] of CONDITIONS) {
  Deno.test(`halves of arguments are joined: ${decision}`, () => {
    assert.equal(ofCall(4, ...rest), `ioctl: ${decision}`);
  });
}

Deno.test("masks have names where a call gives them some", () => {
  assert.equal(
    ofCall(
      5,
      load(4 * lowWord(0)),
      test(op.JSET, 0x1002_0000, 0, 1),
      ret(REFUSE),
      ret(PASS),
    ),
    "clone: Refuse when arg0 & (CLONE_NEWNS|CLONE_NEWUSER) != 0x0, else Pass",
  );
});

Deno.test("what reads shortest is said, and the rest is left to else", () => {
  assert.equal(
    ofCall(4, load(LOW), jumpIfEqual(7, 0, 1), ret(PASS), ret(REFUSE)),
    "ioctl: Pass when arg1 & 0xffffffff == 0x7, else Refuse",
  );
});

Deno.test("calls of which the same is said stand together, by ABI", () => {
  const program = [
    load(4),
    jumpIfEqual(3, 5, 0),
    jumpIfEqual(1, 0, 6),
    load(0),
    jumpIfEqual(0, 3, 0),
    jumpIfEqual(2, 2, 0),
    jumpIfEqual(0x30, 1, 2),
    ret(0),
    ret(5),
    ret(7),
  ];
  assert.deepEqual(
    explained(program),
    [
      "small:",
      "  read, open, [48]: Act5",
      "  any other call: Act7",
      "large: Act7",
      "narrow, another architecture: Act0",
    ].toSpliced(
      3,
      2,
      "large: Act7",
      "narrow: Act0",
      "another architecture: Act7",
    )
      .toSpliced(3, 3, "large, another architecture: Act7", "narrow: Act0"),
  );
});

Deno.test("numbers without a name are told, next to each other as one", () => {
  const program = [
    ...require(1, 3),
    load(0),
    test(op.JGT, 0x6000, 5, 0),
    test(op.JGT, 0x5000, 3, 0),
    test(op.JGT, 9, 3, 0),
    test(op.JGE, 2, 1, 0),
    test(op.JEQ, 0, 0, 1),
    ret(REFUSE),
    ret(PASS),
  ];
  const [, line] = explained(program).slice(-3);
  assert.equal(
    line,
    "  read, open, [3], ioctl, clone, [6 to 9], [20481 to 24576]: Refuse",
  );
});

Deno.test("of architectures without a name, what is done with most is told last", () => {
  const program = [
    load(4),
    jumpIfEqual(7, 2, 0),
    jumpIfEqual(0xff, 1, 0),
    ret(REFUSE),
    ret(PASS),
  ];
  assert.deepEqual(explained(program), [
    "small, large, another architecture: Refuse",
    "[0x7, 0xff]: Pass",
  ]);
});

Deno.test("where the architecture does not matter, it is not told", () => {
  assert.deepEqual(explained([ret(3)]), ["every call: Act3"]);
});

Deno.test("of several programs, the most restrictive answer is told", () => {
  const refuse = (number: number) => [
    load(0),
    jumpIfEqual(number, 0, 1),
    ret(REFUSE),
    ret(PASS),
  ];
  const lines = explained(refuse(0), refuse(2), [ret(0x7ffc_0000)]);
  assert.deepEqual(lines.slice(0, 3), [
    "small:",
    "  read, open: Refuse",
    "  any other call: Act2147221504",
  ]);
});

Deno.test("no line is longer than 80 columns, though a list of flags be", () => {
  const lines = explained([
    ...require(1, 1),
    load(4 * lowWord(0)),
    test(op.JSET, 0x7e02_0000, 0, 1),
    ret(1),
    ...require(0, 5),
    load(4 * lowWord(0)),
    test(op.JSET, 0x7f02_8700, 0, 1),
    ret(2),
    ret(3),
  ]);
  assert.ok(lines.some((line) => line.includes("CLONE_NEWUSER")));
  assert.ok(lines.length > 5);
  for (const line of lines) assert.ok(line.length <= WIDTH, line);
});

/** Answers of its own for some values of some words, and of all others one. */
function answering(
  checks: number,
  wordOf: (index: number) => number,
): Instruction[] {
  const each = Array.from({ length: checks }, (_, index) => [
    load(4 * wordOf(index)),
    jumpIfEqual(Math.imul(index + 1, 0x9e37_79b1) >>> 0, 0, 1),
    ret(0x5_0000 + index),
  ]);
  return [...each.flat(), ret(PASS)];
}

const HALVES = 12;

for (const checks of [100, 200, 400, 1300]) {
  Deno.test(`${checks} checks of all arguments are given up`, () => {
    const program = answering(checks, (index) => lowWord(0) + index % HALVES);
    const decoded = decode(assemble(program));
    assert.throws(() => explain([decoded], NAMING), BudgetError);
  });
}

Deno.test("regions without number are given up before they fill the memory", () => {
  const manyWays = Array.from({ length: 60 }, (_, index) => [
    load(4 * (lowWord(1) + index % 10)),
    test(op.JSET, 2 ** Math.floor(index / 10), 0, 1),
    load(0),
  ]).flat();
  const program = [
    ...manyWays,
    ...answering(1200, (index) => lowWord(0) + index % 2),
  ];
  const decoded = decode(assemble(program));
  assert.throws(() => explain([decoded], NAMING), BudgetError);
});

Deno.test("a thousand values of one argument are told", () => {
  const checks = Array.from({ length: 1000 }, (_, index) => [
    jumpIfEqual(3 * index, 0, 1),
    ret(REFUSE),
  ]);
  const said = ofCall(4, load(LOW), ...checks.flat(), ret(PASS));
  const values = Array.from(
    { length: 1000 },
    (_, index) => `0x${(3 * index).toString(16)}`,
  );
  assert.equal(
    said,
    `ioctl: Refuse when arg1 & 0xffffffff in {${values.join(", ")}}, else Pass`,
  );
});

Deno.test("what cannot be told is not told", () => {
  const adding = [
    load(16),
    { code: op.ALU | op.ADD, jt: 0, jf: 0, k: 1 },
    ret(1),
  ];
  assert.throws(() => explained(adding), UnknownProgramError);
  const program = decode(
    assemble([load(0), jumpIfEqual(3, 0, 1), ret(1), ret(2)]),
  );
  assert.throws(() => explain([program], NAMING, 10), BudgetError);
});
