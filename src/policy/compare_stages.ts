import {
  type CallChange,
  compareCalls,
  type ComparedAbi,
} from "../bpf/compare_calls.ts";
import { decode } from "../bpf/program.ts";
import type { Answer } from "../bpf/meaning.ts";
import {
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX86,
  getNativeArch,
} from "../libseccomp/mod.ts";
import type { Policy } from "./policy.ts";
import { simulate } from "./simulate.ts";
import type { Layer } from "./stack.ts";

/** What is in force at a stage. */
export interface InForce {
  /** The filters; none where seccomp is disabled. */
  readonly layers: readonly Layer[];
  /** What else of the policy counts; `undefined` where seccomp is disabled. */
  readonly settings: Pick<Policy, "logDenied" | "noNewPrivs"> | undefined;
}

/** Who decides about a call on one side. */
export interface Decision {
  /** `SECCOMP_RET_*` with its data. */
  readonly action: number;
  readonly by: Answer["by"] | "no filter";
  /** Who asked for that, as in `JournalRule.origin`; none by default. */
  readonly origins: readonly string[];
}

/** Something that changes for calls. */
export interface StageCallChange extends Omit<CallChange, "before" | "after"> {
  readonly before: Decision;
  readonly after: Decision;
}

/** Something that changes beside what becomes of calls. */
export interface SettingChange {
  readonly setting: keyof Effects;
  readonly before: string;
  readonly after: string;
}

/** What changes at a stage. */
export interface StageChanges {
  readonly calls: readonly StageCallChange[];
  readonly settings: readonly SettingChange[];
}

/** What `exec` asks of the kernel beside the programs. */
interface Effects {
  /** Of which filters refusals are logged. */
  readonly logging: string;
  readonly no_new_privs: string;
  /** Whether a mitigation is left off, `SECCOMP_FILTER_FLAG_SPEC_ALLOW`. */
  readonly speculative_store_bypass: string;
}

/** Architectures that this machine runs programs of. */
const LIKELY =
  (getNativeArch() === ArchARM64 ? [ArchARM64, ArchARM] : [ArchAMD64, ArchX86])
    .map(({ token }) => token);

/**
 * Compares what is in force at a stage before and after, by its effect and not
 * by how it was written.
 *
 * @throws {BudgetError} If that cannot be told in reasonable time.
 */
export function compareStages(before: InForce, after: InForce): StageChanges {
  const changes = compareCalls(programsOf(before), programsOf(after), {
    abis: comparedAbis([...before.layers, ...after.layers]),
    likely: LIKELY,
  });
  return {
    calls: changes.map((change) => ({
      ...change,
      before: decide(before, change.witness, change.before),
      after: decide(after, change.witness, change.after),
    })),
    settings: compareSettings(effectsOf(before), effectsOf(after)),
  };
}

function programsOf({ layers }: InForce) {
  return layers.flatMap(({ programs }) => programs.map(decode));
}

/** The ABIs that a filter covers, with the calls that one has a rule for. */
function comparedAbis(layers: readonly Layer[]): ComparedAbi[] {
  const named = new Map<string, Set<number>>();
  for (const { name, rules } of layers.flatMap(({ meaning }) => meaning.abis)) {
    const numbers = named.get(name) ?? new Set();
    for (const number of rules.keys()) numbers.add(number);
    named.set(name, numbers);
  }
  // `limit_setuid` covers every ABI and says nothing of most of them.
  const covered = layers.filter(({ journal }) => journal !== undefined);
  const abis = new Map(
    covered.flatMap(({ meaning }) => meaning.abis).map((abi) =>
      [abi.name, abi] as const
    ),
  );
  return [...abis.values()].map(({ name, architecture, numbers }) => ({
    name,
    architecture,
    numbers,
    named: named.get(name) ?? new Set(),
  }));
}

function decide(
  { layers }: InForce,
  call: CallChange["witness"],
  action: number,
): Decision {
  if (layers.length === 0) return { action, by: "no filter", origins: [] };
  const { answer: { by }, origins } = simulate(layers, call).decidedBy;
  return { action, by, origins };
}

function compareSettings(before: Effects, after: Effects): SettingChange[] {
  const names = Object.keys(before) as (keyof Effects)[];
  return names.filter((name) => before[name] !== after[name]).map((
    setting,
  ) => ({
    setting,
    before: before[setting],
    after: after[setting],
  }));
}

/** As `exec` works them out. */
function effectsOf({ layers, settings }: InForce): Effects {
  const logged = layers.filter(({ journal }) =>
    settings?.logDenied || journal?.log
  );
  const asks = layers.some(({ journal }) => journal?.noNewPrivs === true);
  // The kernel leaves the mitigation off if every filter asks for that.
  const bypasses = layers.length > 0 &&
    layers.every(({ journal }) => journal?.speculativeStoreBypass);
  return {
    logging: logged.length === 0
      ? "off"
      : logged.length === layers.length
      ? "on"
      : `on for ${logged.map(({ name }) => name).join(", ")}`,
    no_new_privs: asks || settings?.noNewPrivs === true
      ? "on"
      : settings?.noNewPrivs === "auto"
      ? "auto"
      : "as it is",
    speculative_store_bypass: bypasses ? "on" : "off",
  };
}
