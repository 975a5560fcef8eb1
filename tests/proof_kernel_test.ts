/**
 * Proof, meaning, interpreter and kernel about random sets of rules: where a
 * program is proven, all of them say the same of every call; where it is not,
 * the kernel does give the wrong answer at the call that the proof names.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ALLOW } from "../src/bpf/action.ts";
import { assemble, type Instruction, ret } from "../src/bpf/instruction.ts";
import { answer, type Meaning } from "../src/bpf/meaning.ts";
import { decode } from "../src/bpf/program.ts";
import { type Counterexample, findCounterexample } from "../src/bpf/prove.ts";
import { runAll } from "../src/bpf/run.ts";
import type { SeccompData } from "../src/bpf/seccomp_data.ts";
import { meaningOf } from "../src/libseccomp/meaning.ts";
import { getLibraryVersion } from "../src/libseccomp/mod.ts";
import { describeCall } from "../src/policy/describe_call.ts";
import { askKernel, missingOracle, type OracleCase } from "./kernel_oracle.ts";
import { asMade, asSeen, seen, seenOf } from "./observed.ts";
import { missingAbi, type ProbeAbi, type ProbeCall } from "./probe.ts";
import { testUnless } from "./program.ts";
import { journalOf } from "./rule_set.ts";
import { callsFor, ruleSets } from "./rule_set_arbitrary.ts";
import { makePrograms, type Outcome } from "./rule_set_programs.ts";

const SETS = Number(Deno.env.get("PROOF_SETS") ?? 3_200);
const SEED = Number(
  Deno.env.get("PROOF_SEED") ?? Math.floor(Math.random() * 2 ** 31),
);
const CALLS_PER_SET = 36;
/** So many sets are one question to the kernel. */
const BATCH = 200;
/** More that libseccomp does not return from would say that it is not random. */
const MOST_STUCK = 0.05;

const allowAll = assemble([ret(ALLOW)]);
/** Most of them made natively. */
const ABIS: readonly ProbeAbi[] = [
  ...["native", "native", "x32"] as const,
  ...(missingAbi("x86") === undefined ? ["x86"] as const : []),
];

/** What was found out about all sets. */
const counts = {
  calls: 0,
  proven: 0,
  wrong: 0,
  weakened: 0,
  mended: 0,
  refused: 0,
  "cannot be loaded together": 0,
  "libseccomp does not return": 0,
};

/** Programs that are loaded together, and what they answer to each call. */
interface Answered {
  readonly programs: readonly Uint8Array[];
  readonly actions: readonly number[];
}

/** One set's questions to the kernel. */
interface Question {
  readonly calls: readonly ProbeCall[];
  readonly answered: readonly Answered[];
  readonly about: string;
}

/** Holds proof, meaning and interpreter against each other. */
function judge(
  { set, made, judged }: Outcome,
  index: number,
): Question | undefined {
  if (!made || !judged) {
    counts["libseccomp does not return"]++;
    return undefined;
  }
  const about = `seed ${SEED}, set ${index}: ${JSON.stringify(set)}`;
  const meaning = meaningOf(journalOf(set, made.taken));
  const bytes = Uint8Array.fromBase64(made.program);
  const program = decode(bytes);
  const wrong = findCounterexample(meaning, [program]);
  const calls: ProbeCall[] = fc.sample(callsFor(set, ABIS), {
    numRuns: CALLS_PER_SET,
    seed: SEED + index,
  });
  if (wrong) {
    assertWrong(meaning, program, wrong, about);
    const shown = asMade(wrong.call);
    if (ABIS.includes(shown.abi)) calls.push(shown);
  }
  counts.calls += calls.length;
  const data = calls.map(asSeen);
  const answered = [{ programs: [bytes], actions: runEach([program], data) }];
  if (!wrong) {
    counts.proven++;
    assertMeant(meaning, data, answered[0].actions, about);
    assert.deepEqual(judged.programs, [made.program], about);
  } else if (judged.programs) {
    counts.mended++;
    const programs = judged.programs.map((each) => Uint8Array.fromBase64(each));
    const actions = runEach(programs.map(decode), data);
    assertMeant(meaning, data, actions, about);
    // Where the first refuses seccomp(2), no second one can be loaded.
    const letsLoad = /^(Allow|Log)$/.test(set.default);
    if (letsLoad || programs.length === 1) answered.push({ programs, actions });
    else counts["cannot be loaded together"]++;
  } else {
    counts.refused++;
    assert.match(judged.reason ?? "", /is wrong and was not loaded: /, about);
    assert.ok(judged.reason?.includes(describeCall(wrong.call)), about);
  }
  return { calls, answered, about };
}

function runEach(
  programs: readonly (readonly Instruction[])[],
  calls: readonly SeccompData[],
): number[] {
  return calls.map((call) => runAll(programs, call));
}

/** Makes sure that a counterexample is one. */
function assertWrong(
  meaning: Meaning,
  program: readonly Instruction[],
  { call, action }: Counterexample,
  about: string,
): void {
  counts.wrong++;
  if (action === ALLOW) counts.weakened++;
  assert.equal(runAll([program], call), action, about);
  assert.ok(!answer(meaning, call).actions.includes(action), about);
}

function assertMeant(
  meaning: Meaning,
  calls: readonly SeccompData[],
  actions: readonly number[],
  about: string,
): void {
  calls.forEach((call, at) => {
    const isMeant = answer(meaning, call).actions.includes(actions[at]);
    assert.ok(isMeant, `${describeCall(call)}, ${about}`);
  });
}

/** Holds the interpreter against the kernel. */
async function ask(questions: readonly Question[]): Promise<void> {
  const cases = questions.flatMap(({ calls, answered }): OracleCase[] =>
    [[allowAll], ...answered.map(({ programs }) => programs)].map((
      programs,
    ) => ({ programs, calls, together: true }))
  );
  const answers = (await askKernel(cases)).values();
  const next = () => answers.next().value ?? [];
  for (const { answered, about } of questions) {
    const passing = next();
    for (const { actions } of answered) {
      assert.deepEqual(
        next().map(seenOf),
        actions.map((action, call) => seen(action, passing[call])),
        about,
      );
    }
  }
}

testUnless(
  missingOracle(),
  `proof, meaning, interpreter and kernel agree about ${SETS} sets of rules (PROOF_SEED=${SEED})`,
  async () => {
    const sets = fc.sample(ruleSets, { seed: SEED, numRuns: SETS });
    const half = Math.ceil(SETS / 2);
    const outcomes = (await Promise.all([
      makePrograms(sets.slice(0, half)),
      makePrograms(sets.slice(half)),
    ])).flat();
    for (let from = 0; from < outcomes.length; from += BATCH) {
      const questions = outcomes.slice(from, from + BATCH).flatMap((each, at) =>
        judge(each, from + at) ?? []
      );
      await ask(questions);
    }
    const { major, minor, micro } = getLibraryVersion();
    console.log(`libseccomp ${major}.${minor}.${micro}, seed ${SEED}:`, counts);
    const stuck = counts["libseccomp does not return"];
    assert.ok(stuck <= MOST_STUCK * SETS, `${stuck} of ${SETS}`);
  },
);
