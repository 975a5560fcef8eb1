/**
 * How container runtimes write actions, comparisons and architectures.
 *
 * Source: opencontainers/runtime-spec, config-linux.md, "Seccomp"; seccomp.h.
 *
 * @module
 */
import {
  ActAllow,
  ActErrno,
  type ActionKind,
  ActKillProcess,
  ActKillThread,
  ActLog,
  ActNotify,
  ActTrace,
  ActTrap,
  CompareEqual,
  CompareGreater,
  CompareGreaterEqual,
  CompareLess,
  CompareLessOrEqual,
  CompareMaskedEqual,
  CompareNotEqual,
  getArchFromString,
  type ScmpAction,
  type ScmpArch,
  type ScmpCompareOp,
  ScmpError,
} from "../../libseccomp/mod.ts";

/** The actions, without their errno, by name. */
export const OCI_ACTIONS = {
  SCMP_ACT_KILL_PROCESS: ActKillProcess,
  SCMP_ACT_KILL_THREAD: ActKillThread,
  // The old name of the line above, which is the one to write.
  SCMP_ACT_KILL: ActKillThread,
  SCMP_ACT_TRAP: ActTrap,
  SCMP_ACT_ERRNO: ActErrno,
  SCMP_ACT_NOTIFY: ActNotify,
  SCMP_ACT_TRACE: ActTrace,
  SCMP_ACT_LOG: ActLog,
  SCMP_ACT_ALLOW: ActAllow,
} as const satisfies Readonly<Record<string, ScmpAction>>;

/** The name of an action. */
export type OciAction = keyof typeof OCI_ACTIONS;

/** The comparisons, by name. */
export const OCI_OPERATORS = {
  SCMP_CMP_NE: CompareNotEqual,
  SCMP_CMP_LT: CompareLess,
  SCMP_CMP_LE: CompareLessOrEqual,
  SCMP_CMP_EQ: CompareEqual,
  SCMP_CMP_GE: CompareGreaterEqual,
  SCMP_CMP_GT: CompareGreater,
  SCMP_CMP_MASKED_EQ: CompareMaskedEqual,
} as const satisfies Readonly<Record<string, ScmpCompareOp>>;

/** The name of a comparison. */
export type OciOperator = keyof typeof OCI_OPERATORS;

const ARCH_PREFIX = "SCMP_ARCH_";

const ACTION_NAMES = new Map<ActionKind, OciAction>();
for (const [name, { kind }] of entries(OCI_ACTIONS)) {
  if (!ACTION_NAMES.has(kind)) ACTION_NAMES.set(kind, name);
}

const OPERATOR_NAMES = new Map<ScmpCompareOp, OciOperator>(
  entries(OCI_OPERATORS).map(([name, op]) => [op, name]),
);

/** The name of an action, its errno left out. */
export function ociAction({ kind }: ScmpAction): OciAction {
  // Every kind is in the table above.
  return ACTION_NAMES.get(kind) as OciAction;
}

/** The name of a comparison. */
export function ociOperator(op: ScmpCompareOp): OciOperator {
  // Every comparison is in the table above.
  return OPERATOR_NAMES.get(op) as OciOperator;
}

/** The name of an architecture: `SCMP_ARCH_X86_64`. */
export function ociArchitecture({ name }: ScmpArch): string {
  return `${ARCH_PREFIX}${name.toUpperCase()}`;
}

/**
 * An architecture by its name: `SCMP_ARCH_X86_64`, or `SCMP_ARCH_NATIVE`, which
 * Podman knows.
 *
 * @returns The architecture, or `undefined` if there is none of that name.
 */
export function architectureFromOci(name: string): ScmpArch | undefined {
  if (!name.startsWith(ARCH_PREFIX)) return undefined;
  let arch: ScmpArch;
  try {
    arch = getArchFromString(name.slice(ARCH_PREFIX.length));
  } catch (cause) {
    if (!(cause instanceof ScmpError)) throw cause;
    return undefined;
  }
  // Go's names and lower case are no names here.
  const right = [`${ARCH_PREFIX}NATIVE`, ociArchitecture(arch)];
  return right.includes(name) ? arch : undefined;
}

function entries<Key extends string, Value>(
  table: Readonly<Record<Key, Value>>,
): [Key, Value][] {
  return Object.entries(table) as [Key, Value][];
}
