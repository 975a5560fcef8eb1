/**
 * What `learn` has seen, as it is kept as JSON: enough to write a policy, to
 * give the reason for each of its lines, and to go on with another run.
 *
 * @module
 */

/** The stage of a job of which none is known: what it calls, every stage may. */
export const ANY_STAGE = "*";

/** How many shapes of one call are kept. */
export const MOST_SHAPES = 256;

/** What was learned from one or more jobs. */
export interface LearnRecord {
  /** Of this format: 1. */
  readonly version: 1;
  /** Whose calls these are, as `uname -m` has it: `x86_64` or `aarch64`. */
  readonly architecture: string;
  /** Of each stage, or {@linkcode ANY_STAGE}; sorted by name. */
  readonly stages: Readonly<Record<string, LearnedStage>>;
}

/** What the jobs of one stage called. */
export interface LearnedStage {
  /** The commands that were run, each as often as it was. */
  readonly runs: readonly LearnedRun[];
  /** Each call once for each ABI; sorted by ABI and name. */
  readonly calls: readonly LearnedCall[];
}

/** One job. */
export interface LearnedRun {
  /** Its arguments, its own name first. */
  readonly command: readonly string[];
  /** When it began, in ISO 8601. */
  readonly began: string;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** Its exit code, or 128 and the signal that ended it. */
  readonly exitCode: number;
}

/** One system call on one ABI. */
export interface LearnedCall {
  /** The call's name, or its number where libseccomp knows no name. */
  readonly name: string | number;
  /** The ABI, as `architectures` names it: `x86_64`, `x86`, `x32`, … */
  readonly abi: string;
  /** How often it was made, 1 or more. */
  readonly count: number;
  /** How often by which executable; sorted by path. */
  readonly executables: Readonly<Record<string, number>>;
  /**
   * What its arguments were, where `src/learn/shape.ts` says that they matter;
   * sorted by their values.
   */
  readonly shapes?: readonly LearnedShape[];
  /** There were more shapes than are kept: these are not all. */
  readonly moreShapes?: true;
}

/** One combination of those arguments that matter. */
export interface LearnedShape {
  /**
   * The masked value of each argument that matters, in the order in which
   * `src/learn/shape.ts` has them; as hexadecimal with `0x`, in lower case.
   */
  readonly values: readonly string[];
  /** How often it was seen, 1 or more. */
  readonly count: number;
}
