import assert from "node:assert/strict";
import { BudgetError } from "./budget.ts";
import { UnknownProgramError } from "./explore.ts";
import {
  and,
  assemble,
  type Instruction,
  jump,
  jumpIfEqual,
  load,
  ret,
} from "./instruction.ts";
import { answer, type Meaning, type MeantRule } from "./meaning.ts";
import * as op from "./opcode.ts";
import { decode } from "./program.ts";
import { type Counterexample, findCounterexample } from "./prove.ts";
import { runAll } from "./run.ts";
import { X32_BIT } from "./seccomp_data.ts";

const X86_64 = 0xc000_003e;
const ALLOW = 0x7fff_0000;
const KILL = 0;
const EPERM = 0x0005_0001;
const EACCES = 0x0005_000d;
const TRAP = 0x0003_0000;
const SKIPPED = 0xffff_ffff;
const ALL_BITS = 2n ** 64n - 1n;

const rule = (
  action: number,
  ...conditions: MeantRule["conditions"]
): MeantRule => ({ action, conditions, origin: "test" });
const equals = (argument: number, value: bigint, mask = ALL_BITS) =>
  ({ argument, comparison: "==", mask, value }) as const;

/** A filter of x86_64 that allows all but what rules for call 7 say. */
function meaning(...rules: MeantRule[]): Meaning {
  return {
    defaultAction: ALLOW,
    badArchAction: KILL,
    abis: [{
      name: "x86_64",
      architecture: X86_64,
      numbers: [[0, X32_BIT - 1], [SKIPPED, SKIPPED]],
      is64Bit: true,
      rules: new Map([[7, rules]]),
    }],
  };
}

const atLeast = (k: number, jt: number, jf: number): Instruction => ({
  code: op.JMP | op.JGE,
  jt,
  jf,
  k,
});

/** The right program around what is done with call 7: it allows, or goes on. */
function around(body: readonly Instruction[]): Instruction[] {
  const end = body.length;
  return [
    load(4),
    jumpIfEqual(X86_64, 0, end + 5),
    load(0),
    atLeast(X32_BIT, 0, 1),
    jumpIfEqual(SKIPPED, 0, end + 2),
    jumpIfEqual(7, 0, end),
    ...body,
    ret(ALLOW),
    ret(KILL),
  ];
}

/** Finds a counterexample, and makes sure that it is one. */
function find(
  meant: Meaning,
  ...programs: Instruction[][]
): Counterexample | undefined {
  const decoded = programs.map((each) => decode(assemble(each)));
  const found = findCounterexample(meant, decoded);
  if (found) {
    assert.equal(runAll(decoded, found.call), found.action);
    assert.ok(!answer(meant, found.call).actions.includes(found.action));
  }
  return found;
}

/** Call 7 gets EPERM if its first argument is 5. */
const EQUAL_5 = meaning(rule(EPERM, equals(0, 5n)));
const right = around([
  ...[load(20), jumpIfEqual(0, 0, 3)],
  ...[load(16), jumpIfEqual(5, 0, 1), ret(EPERM)],
]);

Deno.test("a right program is proven", () => {
  assert.equal(find(EQUAL_5, right), undefined);
});

Deno.test("a program that does not look at the upper half is wrong", () => {
  const program = around([load(16), jumpIfEqual(5, 0, 1), ret(EPERM)]);
  const found = find(EQUAL_5, program);
  assert.equal(found?.action, EPERM);
  assert.equal(BigInt.asUintN(32, found?.call.args[0] ?? 0n), 5n);
});

Deno.test("a program that does not look at the argument is wrong", () => {
  assert.equal(find(EQUAL_5, around([ret(EPERM)]))?.action, EPERM);
});

Deno.test("a program without the rule is wrong at the one call that it is about", () => {
  const found = find(EQUAL_5, around([]));
  assert.deepEqual(
    [found?.call.number, found?.call.args[0], found?.action],
    [7, 5n, ALLOW],
  );
});

Deno.test("a program with another errno is wrong", () => {
  const program = right.map((each) => each.k === EPERM ? ret(EACCES) : each);
  assert.equal(find(EQUAL_5, program)?.action, EACCES);
});

Deno.test("an argument that nobody mentions may not matter", () => {
  const program = around([
    ...[load(56), jumpIfEqual(0x1234_5678, 0, 1), ret(ALLOW)],
    ...right.slice(6, 11),
  ]);
  const found = find(EQUAL_5, program);
  assert.equal(found?.call.args[5], 0x1234_5678n);
  assert.equal(found?.action, ALLOW);
});

Deno.test("neither may where a call is made from", () => {
  const program = around([
    ...[load(12), jumpIfEqual(0x7f00, 0, 1), ret(ALLOW)],
    ...right.slice(6, 11),
  ]);
  const found = find(EQUAL_5, program);
  assert.equal((found?.call.instructionPointer ?? 0n) >> 32n, 0x7f00n);
});

Deno.test("a call that is not mentioned gets the default action", () => {
  const program = [...right];
  // Call 8 as well as call 7.
  program.splice(5, 1, jumpIfEqual(7, 1, 0), jumpIfEqual(8, 0, 5));
  program[1] = jumpIfEqual(X86_64, 0, 11);
  program[4] = jumpIfEqual(SKIPPED, 0, 8);
  const found = find(EQUAL_5, program);
  assert.deepEqual([found?.call.number, found?.call.args[0]], [8, 5n]);
});

Deno.test("a program that knows no x32 bit lets calls of x32 pass", () => {
  const program = [
    ...[load(4), jumpIfEqual(X86_64, 0, 2), load(0), jump(1)],
    ret(KILL),
    jumpIfEqual(7, 0, 5),
    ...right.slice(6),
  ];
  assert.equal(find(EQUAL_5, program)?.call.number, X32_BIT);
});

Deno.test("a program may not refuse the number of a skipped call", () => {
  const program = right.with(4, jump(7));
  const found = find(EQUAL_5, program);
  assert.deepEqual([found?.call.number, found?.action], [SKIPPED, KILL]);
});

Deno.test("an architecture that is not covered gets the bad-arch action", () => {
  const program = right.with(1, jumpIfEqual(X86_64, 0, 9));
  const found = find(EQUAL_5, program);
  assert.notEqual(found?.call.architecture, X86_64);
  assert.equal(found?.action, ALLOW);
});

Deno.test("a program for one architecture may not let a single other pass", () => {
  const program = [
    ...[load(4), jumpIfEqual(0x4000_0003, 0, 1), ret(ALLOW)],
    ...right,
  ];
  assert.equal(find(EQUAL_5, program)?.call.architecture, 0x4000_0003);
});

Deno.test("where two rules match, the less restrictive answer is wrong", () => {
  const meant = meaning(
    rule(EPERM, equals(0, 5n, 0xffff_ffffn)),
    rule(TRAP, equals(1, 6n, 0xffff_ffffn)),
  );
  const first = [load(16), jumpIfEqual(5, 0, 1), ret(EPERM)];
  const second = [load(24), jumpIfEqual(6, 0, 1), ret(TRAP)];
  assert.equal(find(meant, around([...second, ...first])), undefined);
  const found = find(meant, around([...first, ...second]));
  assert.deepEqual(
    found?.call.args.slice(0, 2).map((arg) => BigInt.asUintN(32, arg)),
    [5n, 6n],
  );
  assert.equal(found?.action, EPERM);
});

Deno.test("where two errnos match, either will do", () => {
  const meant = meaning(
    rule(EPERM, equals(0, 5n, 0xffff_ffffn)),
    rule(EACCES, equals(1, 6n, 0xffff_ffffn)),
  );
  const first = [load(16), jumpIfEqual(5, 0, 1), ret(EPERM)];
  const second = [load(24), jumpIfEqual(6, 0, 1), ret(EACCES)];
  assert.equal(find(meant, around([...first, ...second])), undefined);
  assert.equal(find(meant, around([...second, ...first])), undefined);
});

Deno.test("a rule without conditions decides against a more restrictive one", () => {
  const meant = meaning(rule(TRAP, equals(0, 5n)), rule(EPERM));
  assert.equal(find(meant, around([ret(EPERM)])), undefined);
  const program = around([
    load(16),
    jumpIfEqual(5, 0, 1),
    ret(TRAP),
    ret(EPERM),
  ]);
  assert.equal(find(meant, program)?.action, TRAP);
});

Deno.test("masked bits are compared, and no others", () => {
  const meant = meaning(rule(EPERM, equals(0, 0x10n, 0x30n)));
  const body = (mask: number) => [
    ...[load(16), and(mask), jumpIfEqual(0x10, 0, 1), ret(EPERM)],
  ];
  assert.equal(find(meant, around(body(0x30))), undefined);
  assert.ok(find(meant, around(body(0x31))));
  assert.ok(find(meant, around(body(0x10))));
});

Deno.test("several programs are proven together, and not apart", () => {
  const meant = meaning(
    rule(EPERM, equals(0, 5n, 0xffff_ffffn)),
    rule(TRAP, equals(1, 6n, 0xffff_ffffn)),
  );
  const one = around([load(16), jumpIfEqual(5, 0, 1), ret(EPERM)]);
  const other = around([load(24), jumpIfEqual(6, 0, 1), ret(TRAP)]);
  assert.equal(find(meant, one, other), undefined);
  assert.ok(find(meant, one));
  assert.ok(find(meant, other));
  assert.ok(find(meant, one, one));
});

Deno.test("a filter that covers no architecture refuses them all", () => {
  const meant = { ...meaning(), abis: [] };
  assert.equal(find(meant, [ret(KILL)]), undefined);
  assert.equal(find(meant, [ret(ALLOW)])?.action, ALLOW);
});

Deno.test("what takes more steps than it may is not proven", () => {
  const program = decode(assemble(right));
  assert.throws(
    () => findCounterexample(EQUAL_5, [program], 5),
    (error) =>
      error instanceof BudgetError && error.code === "EBUDGET" &&
      error.message === "it was not answered within 5 steps",
  );
});

Deno.test("a program that computes is not proven", () => {
  const add = { code: op.ALU | op.ADD, jt: 0, jf: 0, k: 1 };
  const program = around([load(16), add, jumpIfEqual(6, 0, 1), ret(EPERM)]);
  assert.throws(() => find(EQUAL_5, program), UnknownProgramError);
});
