/**
 * That no change of a right program escapes the proof, if it changes what the
 * program answers; and that none is blamed that does not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assemble, type Instruction } from "../src/bpf/instruction.ts";
import { answer, type Meaning } from "../src/bpf/meaning.ts";
import { decode, ProgramError } from "../src/bpf/program.ts";
import { findCounterexample } from "../src/bpf/prove.ts";
import { run } from "../src/bpf/run.ts";
import { conclude } from "../src/libseccomp/host.ts";
import { meaningOf } from "../src/libseccomp/meaning.ts";
import { ActErrno, ArchAMD64, getNativeArch } from "../src/libseccomp/mod.ts";
import { describeCall } from "../src/policy/describe_call.ts";
import { limitSetuid, meaningOfLimit } from "../src/policy/limit_setuid.ts";
import { boundaryCalls } from "./boundary_calls.ts";
import { mutantsOf } from "./mutants.ts";
import { testUnless } from "./program.ts";
import { type RuleSet, type SetRule, tell } from "./rule_set.ts";

/** What one mutant that the proof takes is asked about at most. */
const MOST_CALLS = 10_000;

const denied = (call: string, ...when: string[]): SetRule => ({
  call,
  action: "Errno(1)",
  when,
});
const allowed = (call: string, ...when: string[]): SetRule => ({
  call,
  action: "Allow",
  when,
});

const SETS: Readonly<Record<string, RuleSet>> = {
  "a denylist": {
    default: "Allow",
    rules: [
      denied("ptrace"),
      denied("ioctl", "arg1 & 0xffffffff == 0x5412"),
      denied("socket", "arg0 & 0xffffffff == 0x10"),
    ],
  },
  "orders over both halves": {
    default: "Allow",
    rules: [denied("getuid", "arg0 >= 0x500000005", "arg1 < 0x2")],
  },
  "a mask with holes": {
    default: "Log",
    rules: [{
      call: "clone",
      action: "KillProcess",
      when: ["arg0 & 0x7e020000 == 0x10000000"],
    }],
  },
  "several actions": {
    default: "Allow",
    rules: [
      { call: "getuid", action: "KillProcess", when: ["arg0 == 0x1"] },
      { call: "getuid", action: "Errno(13)", when: ["arg0 == 0x2"] },
      { call: "getgid", action: "Trap" },
    ],
  },
  "an allowlist": {
    default: "Errno(1)",
    rules: [
      ...["read", "write", "execve", "exit_group", "mmap"].map((each) =>
        allowed(each)
      ),
      allowed("socket", "arg0 == 0x1"),
      allowed("personality", "arg0 & 0xffffffff == 0x0"),
    ],
  },
  "an allowlist as a binary tree": {
    default: "Errno(38)",
    optimize: 2,
    rules: [
      ...["read", "write", "open", "close", "stat", "fstat", "poll", "lseek"],
      ...["mmap", "mprotect", "munmap", "brk", "execve", "exit_group"],
    ].map((each) => allowed(each)),
  },
  "three ABIs": {
    default: "Allow",
    badArch: "KillProcess",
    architectures: ["x86", "x32"],
    rules: [denied("setuid", "arg0 != 0x5"), denied("mkdir")],
  },
  "sixty commands of one call": {
    default: "Allow",
    rules: Array.from(
      { length: 60 },
      (_, at) => denied("ioctl", `arg1 == 0x${(0x5400 + 3 * at).toString(16)}`),
    ),
  },
};

/** A right program, and what it is to do. */
function make(set: RuleSet): [Meaning, Instruction[]] {
  const { filter, taken } = tell(set);
  assert.ok(taken.every(Boolean));
  const { journal, program } = conclude(filter);
  return [meaningOf(journal), decode(program)];
}

function makeLimit(): [Meaning, Instruction[]] {
  const about = [
    { uid: 1000, gid: 1001 },
    ActErrno.setReturnCode(1),
    [ArchAMD64],
  ] as const;
  return [meaningOfLimit(...about), decode(limitSetuid(...about))];
}

/** Has the proof judge every mutant, and asks whether it is right to. */
function judge([meaning, program]: [Meaning, Instruction[]]) {
  const counts = { wrong: 0, right: 0 };
  assert.equal(findCounterexample(meaning, [program]), undefined);
  for (const { what, program: changed } of mutantsOf(program)) {
    const mutant = tryDecode(changed);
    // The kernel would not take it.
    if (!mutant) continue;
    const found = findCounterexample(meaning, [mutant]);
    if (found) {
      counts.wrong++;
      assert.equal(run(mutant, found.call).action, found.action, what);
      const { actions } = answer(meaning, found.call);
      assert.ok(!actions.includes(found.action), what);
      continue;
    }
    counts.right++;
    for (const call of boundaryCalls(mutant, meaning, MOST_CALLS)) {
      const { action } = run(mutant, call);
      const { actions } = answer(meaning, call);
      if (actions.includes(action)) continue;
      assert.fail(`${what} escaped the proof: ${describeCall(call)}`);
    }
  }
  return counts;
}

function tryDecode(program: readonly Instruction[]): Instruction[] | undefined {
  try {
    return decode(assemble(program));
  } catch (error) {
    if (error instanceof ProgramError) return undefined;
    throw error;
  }
}

const missing = getNativeArch() === ArchAMD64 ? undefined : "needs x86_64";

for (const [name, set] of Object.entries(SETS)) {
  testUnless(missing, `no wrong mutant escapes the proof: ${name}`, () => {
    const { wrong, right } = judge(make(set));
    console.log(`${name}: ${wrong} mutants are wrong, ${right} are not`);
    assert.ok(wrong > 50 && right > 0);
  });
}

testUnless(missing, "no wrong mutant escapes the proof: limit_setuid", () => {
  const { wrong, right } = judge(makeLimit());
  console.log(`limit_setuid: ${wrong} mutants are wrong, ${right} are not`);
  assert.ok(wrong > 50 && right > 0);
});
