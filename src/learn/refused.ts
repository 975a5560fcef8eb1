import { mostRestrictive } from "../bpf/action.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { getArchFromString } from "../libseccomp/mod.ts";
import { describeCall } from "../policy/describe_call.ts";
import { describeEffect, isCarriedOut } from "../policy/effect.ts";
import type { Finding } from "../policy/finding.ts";
import { CallError, readCall } from "../policy/parse_call.ts";
import { simulate } from "../policy/simulate.ts";
import type { Layer } from "../policy/stack.ts";
import { reason } from "./comment.ts";
import type { LearnedCall } from "./record.ts";
import { SHAPES } from "./shape.ts";

/** One call as it was made, and how often. */
interface Made {
  readonly call: SeccompData;
  readonly count: number;
}

/**
 * Which of the calls that jobs have made a stage's filters would refuse, be it
 * that with `mode = "log"` they only log. What arguments were that do not matter
 * is not recorded: 0 is taken for them.
 *
 * @param calls What was recorded.
 * @param layers The stage's filters in the order in which they are loaded; none
 * refuse nothing.
 * @returns A problem for each, with who is behind it, as in
 * `JournalRule.origin`.
 */
export function refusedCalls(
  calls: readonly LearnedCall[],
  layers: readonly Layer[],
): Finding[] {
  if (layers.length === 0) return [];
  return calls.flatMap((learned) =>
    madeOf(learned).flatMap(({ call, count }): Finding[] => {
      const { filters } = simulate(layers, call);
      const answers = filters.map(({ action, asked }) => asked ?? action);
      const action = mostRestrictive(answers);
      if (isCarriedOut(action)) return [];
      const origins = filters.filter((_, index) => answers[index] === action)
        .flatMap((filter) => filter.origins);
      return [{
        severity: "problem",
        message: `${describeCall(call)} was recorded (${
          reason(count, new Map(Object.entries(learned.executables)))
        }), and is refused: ${describeEffect(action)}`,
        origins,
      }];
    })
  );
}

function madeOf(learned: LearnedCall): Made[] {
  const { name, abi, count, shapes } = learned;
  const arch = getArchFromString(abi);
  const make = (args: readonly string[]): SeccompData | undefined => {
    try {
      return readCall(`${name}`, args, arch).call;
    } catch (error) {
      // One that this machine does not have is not made on it.
      if (error instanceof CallError) return undefined;
      throw error;
    }
  };
  const matter = SHAPES.get(`${name}`);
  const made = shapes && matter
    ? shapes.map(({ values, count }) => {
      const args = new Array<string>(6).fill("0");
      matter.forEach(({ index }, at) => args[index] = values[at]);
      return { call: make(args), count };
    })
    : [{ call: make([]), count }];
  return made.flatMap(({ call, count }) => call ? [{ call, count }] : []);
}
