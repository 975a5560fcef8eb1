import { mostRestrictive } from "../bpf/action.ts";
import { type Answer, answer } from "../bpf/meaning.ts";
import { decode } from "../bpf/program.ts";
import { run, type Verdict } from "../bpf/run.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { meaningOf } from "../libseccomp/meaning.ts";
import type { Layer } from "./stack.ts";

/** What one filter answers. */
export interface FilterVerdict {
  readonly name: Layer["name"];
  /** What the kernel makes of the filter's programs, an action with its data. */
  readonly action: number;
  /** What each of its programs answers, and the way there. */
  readonly programs: readonly Verdict[];
  /** What the filter means for the call, and the rules behind that. */
  readonly answer: Answer;
  /**
   * Who asked for that, as in `JournalRule.origin`, each once; none where it was
   * left as it is by default.
   */
  readonly origins: readonly string[];
  /**
   * What was asked for, an action with its data, where something else is
   * loaded: see {@linkcode Layer.asked}.
   */
  readonly asked: number | undefined;
}

/** What becomes of a call. */
export interface Simulation {
  readonly call: SeccompData;
  /** What the kernel does: `SECCOMP_RET_*` with its data. */
  readonly action: number;
  /** In the order in which they are loaded. */
  readonly filters: readonly FilterVerdict[];
  /** The filter whose answer that is. */
  readonly decidedBy: FilterVerdict;
}

/**
 * Runs the filters of a stage on one call, as the kernel would.
 *
 * @param layers The filters in the order in which they are loaded; at least
 * one.
 * @param call The call.
 */
export function simulate(
  layers: readonly Layer[],
  call: SeccompData,
): Simulation {
  const filters = layers.map((layer) => ask(layer, call));
  const action = mostRestrictive(filters.map((filter) => filter.action));
  const decidedBy = filters.findLast((filter) => filter.action === action);
  if (!decidedBy) throw new RangeError("there is no filter to ask");
  return { call, action, filters, decidedBy };
}

function ask(layer: Layer, call: SeccompData): FilterVerdict {
  const { name, meaning, programs, asked } = layer;
  const verdicts = programs.map((program) => run(decode(program), call));
  const action = mostRestrictive(verdicts.map(({ action }) => action));
  const meant = decidedFor(answer(meaning, call), action);
  return {
    name,
    action,
    programs: verdicts,
    answer: meant,
    origins: originsOf(layer, meant),
    asked: asked && answer(meaningOf(asked), call).actions[0],
  };
}

/** Of rules that are equally restrictive, those that the program follows. */
function decidedFor(meant: Answer, action: number): Answer {
  const rules = meant.rules.filter((rule) => rule.action === action);
  return rules.length === 0 ? meant : { ...meant, rules };
}

function originsOf({ journal }: Layer, { by, rules }: Answer): string[] {
  switch (by) {
    case "rule":
      return [...new Set(rules.map(({ origin }) => origin))];
    case "default action":
      return journal?.defaultOrigin ? [journal.defaultOrigin] : [];
    case "bad-arch action":
      return journal?.badArchOrigin ? [journal.badArchOrigin] : [];
  }
}
