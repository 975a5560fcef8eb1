import { precedence } from "./action.ts";
import { type Cube, simplify } from "./_cubes.ts";
import { effort, phrase } from "./_phrase.ts";
import { Values } from "./_values.ts";
import { classesOf } from "./_word_classes.ts";
import type { Budget } from "./budget.ts";
import type { Condition, Subject } from "./condition.ts";
import type { Verdicts } from "./explore.ts";
import type { Region } from "./region.ts";
import { ARGUMENTS, lowWord, POINTER } from "./seccomp_data.ts";
import { WordSet } from "./word_set.ts";

/** What is done with a call, by what it brings along. */
export interface Decision {
  /** No call is in two. */
  readonly cases: readonly Case[];
  /** What is done in any other case: `SECCOMP_RET_*` with its data. */
  readonly otherwise: number;
}

/** When an action is taken. */
export interface Case {
  readonly action: number;
  /** One of these, of which all conditions hold. */
  readonly when: readonly (readonly Condition[])[];
}

/** What it takes to make a condition, and later to name and to write it. */
const STEPS_A_CONDITION = 10;

const SUBJECTS: readonly Subject[] = [
  ...Array.from({ length: ARGUMENTS }, (_, argument) => argument),
  "instruction_pointer",
];

/**
 * Says what is done with a call.
 *
 * @param verdicts All that is answered to it: regions, by nothing but its
 * arguments and its place, without a call in common and together all.
 * @throws {BudgetError} If that is too long.
 */
export function decide(
  verdicts: readonly Verdicts[],
  budget: Budget,
): Decision {
  const actions = [...new Set(verdicts.map(({ action }) => action))]
    .sort((one, other) => precedence(one) - precedence(other) || one - other);
  if (actions.length === 1) return { cases: [], otherwise: actions[0] };
  const values = SUBJECTS.map((subject) => valuesOf(verdicts, subject, budget));
  const cubes = verdicts.map(({ region, action }) => ({
    cube: SUBJECTS.map((subject, index) =>
      bitsOf(region, subject, values[index])
    ),
    action,
  }));
  const cubesOf = (isWanted: (action: number) => boolean) =>
    cubes.filter(({ action }) => isWanted(action)).map(({ cube }) => cube);
  const cases = actions.map((action) => {
    const inside = cubesOf((other) => other === action);
    const outside = cubesOf((other) => other !== action);
    const when = simplify(inside, outside, values, budget)
      .flatMap((cube) => describe(cube, values, budget));
    return { action, when };
  });
  // What takes longest to say is what is left when the rest is said; of two,
  // the less restrictive.
  const otherwise = cases.reduce((longest, each) =>
    effort(each.when) >= effort(longest.when) ? each : longest
  );
  return {
    cases: cases.filter((each) => each !== otherwise),
    otherwise: otherwise.action,
  };
}

function wordOf(subject: Subject): number {
  return subject === "instruction_pointer" ? POINTER : lowWord(subject);
}

function valuesOf(
  verdicts: readonly Verdicts[],
  subject: Subject,
  budget: Budget,
): Values {
  const [low, high] = [wordOf(subject), wordOf(subject) + 1].map((word) =>
    classesOf(verdicts.map(({ region }) => region.word(word)), budget)
  );
  return new Values(high, low, budget);
}

function bitsOf(region: Region, subject: Subject, values: Values) {
  const low = region.word(wordOf(subject));
  const high = region.word(wordOf(subject) + 1);
  if (low === WordSet.all && high === WordSet.all) return values.all;
  return values.where((word) => high.has(word), (word) => low.has(word));
}

/** A cube in words: alternatives of conditions. */
function describe(
  cube: Cube,
  values: readonly Values[],
  budget: Budget,
): Condition[][] {
  let alternatives: Condition[][] = [[]];
  cube.forEach((bits, index) => {
    if (bits === values[index].all) return;
    const subject = SUBJECTS[index];
    const ways = phrase(bits, values[index])
      .map((way) => way.map((each) => ({ subject, ...each })));
    // Without sharing, each argument multiplies what there is to say.
    budget.spend(
      STEPS_A_CONDITION * (
        ways.length * alternatives.flat().length +
        alternatives.length * ways.flat().length
      ),
    );
    alternatives = alternatives.flatMap((conditions) =>
      ways.map((way) => [...conditions, ...way])
    );
  });
  return alternatives;
}
