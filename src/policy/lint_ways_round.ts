import type { Journal, JournalRule, ScmpArch } from "../libseccomp/mod.ts";
import { describeAction, passes } from "./action.ts";
import type { CallState, CallStates } from "./call_state.ts";
import { eachOnce, enumerate, type Finding, originsOf } from "./finding.ts";
import { ioUringOperations } from "./io_uring.ts";
import { offeredBy } from "./offered.ts";

/**
 * The flags that make namespaces.
 *
 * Source: `CLONE_NEW*` of include/uapi/linux/sched.h, those that clone takes.
 */
const CLONE_NEW = 0x7e02_0000n;
/** `flags` of clone(2) on x86_64 and aarch64, and of unshare(2). */
const FLAGS = 0;

/**
 * Finds what stays possible by another way than the calls that are refused:
 * through io_uring, through the flags of another call, on another architecture.
 */
export function* lintWaysRound(
  journals: readonly Journal[],
  states: CallStates,
): Generator<Finding> {
  yield* lintIoUring(states);
  yield* lintNamespaces(states);
  yield* lintForgottenRules(journals, states);
  yield* lintBadArch(journals, states.native);
}

/** Its operations are carried out in the kernel and pass no filter. */
function* lintIoUring(states: CallStates): Generator<Finding> {
  const setup = states.of("io_uring_setup");
  if (setup?.openness !== "open") return;
  const done: string[] = [];
  const rules: JournalRule[] = [];
  for (const { does, calls } of ioUringOperations) {
    const limited = calls.map((name) => states.of(name))
      .filter((state) => state !== undefined);
    // Where one of the calls is open nobody needs io_uring.
    if (limited.some(({ openness }) => openness === "open")) continue;
    done.push(does);
    for (const state of limited) rules.push(...state.rules);
  }
  if (done.length === 0) return;
  yield {
    severity: "warning",
    message: `io_uring_setup is open: with io_uring a job can ` +
      `${enumerate(done)} all the same, past every filter`,
    origins: originsOf([...rules, ...setup.rules]),
  };
}

/** clone, unshare and clone3 make namespaces, each by flags. */
function* lintNamespaces(states: CallStates): Generator<Finding> {
  const unshare = states.of("unshare");
  const clone = states.of("clone");
  const limited: string[] = [];
  const rules: JournalRule[] = [];
  if (unshare && unshare.rules.length > 0 && unshare.openness !== "open") {
    limited.push("unshare");
    rules.push(...unshare.rules);
  }
  // Refused altogether it makes no processes: that is not about namespaces.
  if (clone?.openness === "partly" && clone.rules.some(hasNamespaceFlag)) {
    limited.push("clone");
    rules.push(...clone.rules);
  }
  const isOpen = (state: CallState | undefined) => state?.openness === "open";
  const open = [
    ...(isOpen(clone) ? ["clone"] : []),
    // Beside a clone that is not open it is told of as its sibling.
    ...(isOpen(clone) && isOpen(states.of("clone3")) ? ["clone3"] : []),
    ...(isOpen(unshare) ? ["unshare"] : []),
  ];
  if (limited.length === 0 || open.length === 0) return;
  const is = limited.length > 1 ? "are" : "is";
  const makeToo = open.length > 1 ? "make them too, are" : "makes them too, is";
  yield {
    severity: "warning",
    message: `${enumerate(limited)} ${is} kept from making namespaces and ` +
      `${enumerate(open)}, which ${makeToo} not`,
    origins: originsOf(rules),
  };
}

function hasNamespaceFlag({ conditions }: JournalRule): boolean {
  return conditions.some(({ argument, operandOne }) =>
    argument === FLAGS && (operandOne & CLONE_NEW) !== 0n
  );
}

/** A rule holds for no architecture that is added after it. */
function* lintForgottenRules(
  journals: readonly Journal[],
  states: CallStates,
): Generator<Finding> {
  for (const arch of states.architectures) {
    const forgotten = journals.flatMap(({ architectures, rules }) =>
      architectures.includes(arch) ? rules : []
    ).filter(({ syscall, architectures, action }) =>
      !architectures.includes(arch) && !passes(action) &&
      states.of(`${syscall}`, arch)?.openness === "open"
    );
    if (forgotten.length === 0) continue;
    const names = new Set(forgotten.map(({ syscall }) => `${syscall}`));
    const holds = new Set(
      forgotten.flatMap(({ architectures }) =>
        architectures.map(({ name }) => name)
      ),
    );
    yield {
      severity: "warning",
      message: `${enumerate([...names])} ${names.size > 1 ? "are" : "is"} ` +
        `refused on ${enumerate([...holds])} and not on ${arch}, which was ` +
        "added after the rule",
      origins: originsOf(forgotten),
    };
  }
}

/** Every rule is of no use to who may call on another architecture. */
function* lintBadArch(
  journals: readonly Journal[],
  native: ScmpArch,
): Generator<Finding> {
  const [action] = journals.map(({ badArchAction }) => badArchAction);
  const refuses = journals.some(({ defaultAction, rules }) =>
    [defaultAction, ...rules.map(({ action }) => action)].some((each) =>
      !passes(each)
    )
  );
  if (
    !refuses || !journals.every(({ badArchAction }) => passes(badArchAction))
  ) {
    return;
  }
  const uncovered = offeredBy(native).filter((arch) =>
    arch !== native &&
    !journals.some(({ architectures }) => architectures.includes(arch))
  );
  if (uncovered.length === 0) return;
  yield {
    severity: "warning",
    message:
      `a call made on ${uncovered.map(({ name }) => name).join(" or ")} ` +
      `passes every rule: the action for it is ${describeAction(action)}`,
    origins: eachOnce(journals.map(({ badArchOrigin }) => badArchOrigin)),
  };
}
