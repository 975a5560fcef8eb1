import { abiOf, answer, type Meaning } from "../bpf/meaning.ts";
import { decode, ProgramError } from "../bpf/program.ts";
import { type Counterexample, findCounterexample } from "../bpf/prove.ts";
import { type Journal, ScmpAction } from "../libseccomp/mod.ts";
import { meaningOf } from "../libseccomp/meaning.ts";
import { describeAction } from "./action.ts";
import { describeCall } from "./describe_call.ts";
import { mend } from "./mend.ts";

/** A filter of very many origins is told by so many, those with most rules. */
const NAMED_ORIGINS = 3;

/** Programs that are proven to do together what a filter means. */
export interface Proven {
  readonly meaning: Meaning;
  /** In the order in which they are loaded; one, unless it had to be spread. */
  readonly programs: readonly Uint8Array<ArrayBuffer>[];
}

/** The program of a filter that is not proven, and so must not be loaded. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly code = "EUNPROVEN";
  /** Who asked for the rules that are not followed, if a call shows which. */
  readonly origins: readonly string[];

  constructor(
    message: string,
    options: { cause?: unknown; origins?: readonly string[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.origins = options.origins ?? [];
  }
}

/**
 * Proves that the program of a filter does what the filter was told. Where it
 * does not, others are put in its place if that is possible.
 *
 * @param journal What the filter was told.
 * @param program What libseccomp made of it.
 * @throws {ProofError} If that cannot be proven, with a call for which the
 * program is wrong where there is one.
 */
export function prove(
  journal: Journal,
  program: Uint8Array<ArrayBuffer>,
): Proven {
  return unlessUnproven(journal, () => {
    const meaning = meaningOf(journal);
    const wrong = findCounterexample(meaning, [decode(program)]);
    if (!wrong) return { meaning, programs: [program] };
    const programs = mend(journal, meaning);
    if (programs) return { meaning, programs };
    throw refutation(meaning, wrong);
  });
}

/**
 * Proves that programs do together what is meant, and changes nothing.
 *
 * @throws {ProofError} If that cannot be proven.
 */
export function proveTogether(
  meaning: Meaning,
  programs: readonly Uint8Array<ArrayBuffer>[],
): Proven {
  return unlessUnproven(undefined, () => {
    const wrong = findCounterexample(meaning, programs.map(decode));
    if (wrong) throw refutation(meaning, wrong);
    return { meaning, programs };
  });
}

/** Whatever else keeps a proof from coming to its end is no proof either. */
function unlessUnproven(
  journal: Journal | undefined,
  attempt: () => Proven,
): Proven {
  try {
    return attempt();
  } catch (cause) {
    if (cause instanceof ProofError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isProgram = cause instanceof ProgramError;
    throw new ProofError(
      isProgram
        ? `the kernel would not take the filter's program: ${reason}`
        : `the filter's program is not proven and was not loaded: ${reason}`,
      { cause, origins: journal && isProgram ? largestOrigins(journal) : [] },
    );
  }
}

/** Who made the most rules. */
function largestOrigins({ rules }: Journal): string[] {
  return [...Map.groupBy(rules, ({ origin }) => origin)]
    .sort(([, one], [, other]) => other.length - one.length)
    .slice(0, NAMED_ORIGINS).map(([origin]) => origin);
}

function refutation(
  meaning: Meaning,
  { call, action }: Counterexample,
): ProofError {
  const { actions, by, rules } = answer(meaning, call);
  const wanted = actions.map(describeNative).join(" or ");
  // Where no rule decides, those of the call are what was made wrong.
  const behind = rules.length > 0
    ? rules
    : abiOf(meaning, call)?.rules.get(call.number) ?? [];
  const origins = [...new Set(behind.map(({ origin }) => origin))];
  const why = by === "rule" ? "by rule" : `the ${by}`;
  return new ProofError(
    "the filter's program is wrong and was not loaded: " +
      `${describeCall(call)} gets ${describeNative(action)}; ` +
      `asked for is ${wanted}, ${why}`,
    { origins },
  );
}

/** An action of a program as people write it. */
export function describeNative(action: number): string {
  const known = ScmpAction.fromNative(action);
  return known ? describeAction(known) : `0x${action.toString(16)}`;
}
