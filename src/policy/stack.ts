import { conclude, type Concluded, filterOf } from "../libseccomp/host.ts";
import {
  ActErrno,
  ActLog,
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX86,
  getNativeArch,
  type Journal,
  type ScmpAction,
  type ScmpArch,
  type ScmpFilter,
} from "../libseccomp/mod.ts";
import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import { MOST_INSTRUCTIONS_TOGETHER } from "../bpf/program.ts";
import { describeAction } from "./action.ts";
import { buildFilter } from "./build.ts";
import { type Ids, limitSetuid, meaningOfLimit } from "./limit_setuid.ts";
import { letsLoad, openForLoad } from "./load_order.ts";
import { logging } from "./logging.ts";
import type { Plan } from "./plan.ts";
import type { Policy } from "./policy.ts";
import { ProofError, prove, type Proven, proveTogether } from "./proof.ts";

/**
 * One filter of those that are loaded together, proven. It is more than one
 * program where libseccomp makes a wrong one of it, or cannot say it in one.
 */
export interface Layer extends Proven {
  /**
   * `filter`: what configuration and plugins made; `enforce_defaults`: what the
   * configuration alone made; `limit_setuid`.
   */
  readonly name: "filter" | "enforce_defaults" | "limit_setuid";
  /** What libseccomp was told; `limit_setuid` is made without it. */
  readonly journal: Journal | undefined;
  /**
   * What configuration and plugins asked for, where libseccomp was told
   * something else: under `mode = "log"`, and to let another filter be loaded.
   */
  readonly asked?: Journal;
  /** What the filter does, for people, where there is no journal. */
  readonly summary?: string;
}

/** The filters of one request, while plugins may change one of them. */
export interface Stack {
  /** The one that plugins change. */
  readonly filter: ScmpFilter;
  /**
   * Turns the filters into programs, proves these, and seals the filters.
   *
   * @returns The filters in the order in which they can be loaded: all programs
   * but the last let seccomp(2) pass.
   * @throws {ProofError} If a program is not proven.
   * @throws {Error} If no order is possible, or libseccomp fails.
   */
  conclude(): Layer[];
}

/** What a filter counts for beside its instructions (kernel/seccomp.c). */
const OVERHEAD = 4;

/** Every ABI in which a program of this machine could set its ids. */
const ABIS: readonly ScmpArch[] = getNativeArch() === ArchARM64
  ? [ArchARM64, ArchARM]
  : [ArchAMD64, ArchX86];

/**
 * Builds the filters that a policy asks for.
 *
 * @param plan The policy's plan.
 * @param policy The policy, at the same stage.
 * @param ids Whose ids `limit_setuid` leaves, asked for only where it is set.
 * @throws {ScmpError} If libseccomp fails.
 * @throws {ProofError} If a filter that no plugin changes is not proven.
 */
export function buildStack(
  plan: Plan,
  policy: Policy,
  ids: () => Ids,
): Stack {
  const filter = buildFilter(plan);
  const { enforceDefaults, mode, plugins } = policy;
  const isEnforced = enforceDefaults && plugins.length > 0;
  // Proven before any plugin has run.
  const enforced = isEnforced
    ? provenLayer("enforce_defaults", conclude(buildFilter(plan)))
    : undefined;
  const refusal = mode === "log"
    ? ActLog
    : ActErrno.setReturnCode(policy.errno);
  const limit = policy.limitSetuid ? limitTo(ids(), refusal) : undefined;
  return {
    filter,
    conclude() {
      const layers = order();
      requireRoom(layers);
      return layers;
    },
  };

  function order(): Layer[] {
    const concluded = conclude(filter);
    const layers: Layer[] = [];
    // A plugin that replaces the filter replaces the defaults with it.
    if (limit && (enforceDefaults || !concluded.journal.isReplaced)) {
      layers.push(limit);
    }
    if (mode === "log") {
      layers.push(inLogMode("filter", concluded.journal));
      if (enforced) {
        layers.push(inLogMode("enforce_defaults", enforced.journal));
      }
      return layers;
    }
    if (enforced && letsLoad(enforced.journal)) layers.push(enforced);
    else if (enforced && !letsLoad(concluded.journal)) {
      const opened = openForLoad(concluded.journal, enforced.journal);
      const asked = concluded.journal;
      return [...layers, { ...rebuild("filter", opened), asked }, enforced];
    }
    layers.push(provenLayer("filter", concluded));
    if (enforced && !layers.includes(enforced)) layers.push(enforced);
    return layers;
  }
}

/** A layer of which libseccomp made the program. */
export type JournaledLayer = Layer & { readonly journal: Journal };

/** The filters that libseccomp made. */
export function journaled(layers: readonly Layer[]): JournaledLayer[] {
  return layers.flatMap((layer) => {
    const { journal } = layer;
    return journal ? [{ ...layer, journal }] : [];
  });
}

function limitTo(ids: Ids, refusal: ScmpAction): Layer {
  return {
    name: "limit_setuid",
    ...proveTogether(
      meaningOfLimit(ids, refusal, ABIS),
      [limitSetuid(ids, refusal, ABIS)],
    ),
    journal: undefined,
    summary: `set*uid and set*gid: uid ${ids.uid} and gid ${ids.gid} only, ` +
      `or -1 where that changes nothing; else ${describeAction(refusal)}`,
  };
}

function provenLayer(
  name: Layer["name"],
  { journal, program }: Concluded,
): JournaledLayer {
  return { name, journal, ...prove(journal, program) };
}

function rebuild(name: Layer["name"], journal: Journal): JournaledLayer {
  return provenLayer(name, conclude(filterOf(journal)));
}

function inLogMode(name: Layer["name"], asked: Journal): Layer {
  const { meaning, journals } = logging(asked);
  const programs = journals.flatMap((journal) =>
    rebuild(name, journal).programs
  );
  const [journal] = journals;
  return { name, journal, asked, ...proveTogether(meaning, programs) };
}

/** @throws {ProofError} If the kernel would not take all of them. */
function requireRoom(layers: readonly Layer[]): void {
  const programs = layers.flatMap((layer) => layer.programs);
  const sum = programs.reduce(
    (sum, { length }) => sum + length / INSTRUCTION_SIZE + OVERHEAD,
    0,
  );
  if (sum <= MOST_INSTRUCTIONS_TOGETHER) return;
  throw new ProofError(
    `the filters have ${sum} instructions together; the kernel takes ${MOST_INSTRUCTIONS_TOGETHER}`,
  );
}
