import {
  ArchX86,
  type Journal,
  type JournalRule,
  type ScmpAction,
} from "../libseccomp/mod.ts";
import { passes } from "./action.ts";
import type { CallState, CallStates } from "./call_state.ts";
import { enumerate, type Finding, originsOf } from "./finding.ts";

/**
 * The calls that 32-bit x86 makes through another one too.
 *
 * Source: net/socket.c and ipc/syscall.c of the kernel; socketcall(2), ipc(2).
 */
const MULTIPLEXED: Readonly<Record<string, string>> = {
  socketcall:
    "accept accept4 bind connect getpeername getsockname getsockopt " +
    "listen recv recvfrom recvmmsg recvmsg send sendmmsg sendmsg sendto " +
    "setsockopt shutdown socket socketpair",
  ipc: "msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat " +
    "shmctl shmdt shmget",
};

/** What becomes of a call that is made through another one. */
interface Outcome {
  /** Of these the caller may get any; one where a rule decides. */
  readonly actions: readonly ScmpAction[];
  /** The rules that decide; none where the default action does. */
  readonly rules: readonly JournalRule[];
}

/** A call that is not what it is where it is made through another one. */
interface Difference {
  readonly name: string;
  readonly rules: readonly JournalRule[];
  /** What is to be said of it, and of others that the same is said of. */
  readonly describe: (names: string) => string;
}

/**
 * Finds calls of 32-bit x86 that are limited, and are not, or are refused
 * altogether, where they are made through socketcall(2) or ipc(2).
 */
export function* lintMultiplexed(
  journals: readonly Journal[],
  states: CallStates,
): Generator<Finding> {
  if (!states.architectures.includes(ArchX86)) return;
  const found = findDifferences(journals, states);
  for (
    const same of Map.groupBy(found, ({ describe }) => describe("")).values()
  ) {
    const [{ describe }] = same;
    yield {
      severity: "warning",
      message: describe(enumerate(same.map(({ name }) => name))),
      origins: originsOf(same.flatMap(({ rules }) => rules)),
    };
  }
}

function* findDifferences(
  journals: readonly Journal[],
  states: CallStates,
): Generator<Difference> {
  for (const [other, names] of Object.entries(MULTIPLEXED)) {
    for (const name of names.split(" ")) {
      const direct = states.of(name, ArchX86);
      if (direct === undefined || direct.openness === "open") continue;
      const outcomes = journals.map((journal) => through(other, name, journal));
      const describe = difference(other, direct, outcomes);
      const rules = outcomes.flatMap(({ rules }) => rules);
      if (describe) {
        yield { name, rules: [...rules, ...direct.rules], describe };
      }
    }
  }
}

/**
 * What a filter makes of a call that comes through another one.
 *
 * The other one's first argument says which call it is. libseccomp puts a
 * condition on that in the place of one on the call's own first argument, and
 * leaves those on further arguments, which are compared with something else then:
 * a pointer, or the argument before (src/syscalls.c, `abi_rule_add`).
 */
function through(other: string, name: string, journal: Journal): Outcome {
  const { architectures, badArchAction, defaultAction } = journal;
  if (!architectures.includes(ArchX86)) {
    return { actions: [badArchAction], rules: [] };
  }
  const rulesFor = (call: string) =>
    journal.rules.filter(({ syscall, architectures }) =>
      `${syscall}` === call && architectures.includes(ArchX86)
    );
  const rules = rulesFor(name);
  const decisive = [...rulesFor(other), ...rules].find(isWhole) ??
    rules.find(({ conditions }) =>
      conditions.every(({ argument }) => argument === 0)
    );
  if (decisive) return { actions: [decisive.action], rules: [decisive] };
  const actions = rules.map(({ action }) => action);
  return { actions: [...actions, defaultAction], rules };
}

function isWhole({ conditions }: JournalRule): boolean {
  return conditions.length === 0;
}

/** What differs when a call comes through another one, if something does. */
function difference(
  other: string,
  { openness }: CallState,
  outcomes: readonly Outcome[],
): Difference["describe"] | undefined {
  const blind = (so: string) => (names: string) =>
    `${names} cannot be told apart by arguments where made through ${other} ` +
    `on x86: ${so}`;
  if (!outcomes.every(({ actions }) => actions.some(passes))) {
    return openness === "refused"
      ? undefined
      : blind("refused there altogether");
  }
  const isOpened = outcomes.some(({ rules }) =>
    rules.some(({ syscall }) => `${syscall}` === other)
  );
  if (isOpened) {
    return (names) =>
      `${other} is open on x86: through it a job can call ${names} with any arguments all the same`;
  }
  return outcomes.every(({ actions }) => actions.every(passes))
    ? blind("open there with any")
    : blind("what is compared there is something else");
}
