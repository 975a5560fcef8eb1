/**
 * The same rules as programs, each made another way.
 *
 * @module
 */
import { conclude } from "../src/libseccomp/host.ts";
import { ROW } from "../src/libseccomp/layout.ts";
import {
  ActAllow,
  ActErrno,
  CompareMaskedEqual,
  getSyscallFromName,
  makeCondition,
  type ScmpCondition,
  ScmpFilter,
} from "../src/libseccomp/mod.ts";
import { anyWordExcept } from "../src/policy/except.ts";
import { knownSyscallNames } from "../src/policy/known_calls.ts";
import { allowlist, show } from "./bench_candidates.ts";
import { OWN_CALLS } from "./bench_loop.ts";

/** A list of calls that pass while all others are refused, or the reverse. */
export type Kind = "allowlist" | "blocklist";

/** What makes a program of a list. */
export interface Maker {
  readonly name: string;
  make(kind: Kind, names: readonly string[]): Uint8Array<ArrayBuffer>;
}

/** What every filter decides without looking at arguments. */
export const PASSING = "getppid";
/** What every filter refuses. */
export const REFUSED = "getuid";
/** What every filter looks at the arguments of. */
export const CHECKED = "ioctl";

/** What a loop makes that is let through. */
const NEEDED = [...OWN_CALLS, PASSING];

/** TIOCSTI and TIOCLINUX of ioctl_tty(2) and ioctl_console(2). */
const INJECTIONS = [0x5412, 0x541c];
const WORD = 0xffff_ffff;
const REQUEST = 1;
const EPERM = ActErrno.setReturnCode(1);
const MOST_IMPORTANT = 255;

/**
 * A list that a loop can run under.
 *
 * @param count How many calls it names; `ioctl` counts.
 * @returns The names, or `undefined` if there are not that many.
 */
export function listed(
  kind: Kind,
  count: number,
): readonly string[] | undefined {
  const [first, last] = kind === "allowlist"
    ? [[CHECKED, ...NEEDED], [REFUSED]]
    : [[REFUSED], [CHECKED, ...NEEDED]];
  const rest = knownSyscallNames().filter((name) =>
    !first.includes(name) && !last.includes(name)
  );
  const names = [...first, ...rest];
  const isEnough = count >= first.length && count <= names.length;
  return isEnough ? names.slice(0, count) : undefined;
}

/** How many calls a list can name at most. */
export function mostListed(kind: Kind): number {
  const total = knownSyscallNames().length;
  return kind === "allowlist" ? total - 1 : total - NEEDED.length - 1;
}

/** What libseccomp makes of the rules as jacamar-seccomp does, told in another way. */
export function byLibseccomp(
  name: string,
  arrange: (filter: ScmpFilter) => void,
): Maker {
  return {
    name,
    make(kind, names) {
      const isAllowlist = kind === "allowlist";
      const filter = new ScmpFilter(isAllowlist ? EPERM : ActAllow);
      arrange(filter);
      for (const [name, condition] of rules(kind, names)) {
        const syscall = getSyscallFromName(name);
        const action = isAllowlist ? ActAllow : EPERM;
        if (!condition) filter.addRule(syscall, action);
        else filter.addRuleConditional(syscall, action, [condition]);
      }
      return conclude(filter).program;
    },
  };
}

/** All ways, that of the executable first. */
export function makers(scratch: string, hasGo: boolean): Maker[] {
  const ours: Maker = {
    name: "jacamar-seccomp",
    make(kind, names) {
      const keys = kind === "allowlist"
        ? allowlist(names)
        : `block_calls = ${JSON.stringify(names)}\n`;
      return show(scratch, keys, "bpf");
    },
  };
  const go: Maker = {
    name: "Go host",
    make(kind, names) {
      return goProgram(`${scratch}/host`, kind, rules(kind, names));
    },
  };
  return [
    ours,
    ...hasGo ? [go] : [],
    byLibseccomp("libseccomp's default order", (filter) => {
      filter.setOptimize(ROW);
    }),
    byLibseccomp(`${CHECKED} by priority`, (filter) => {
      filter.setSyscallPriority(getSyscallFromName(CHECKED), MOST_IMPORTANT);
    }),
  ];
}

type Rule = readonly [name: string, condition?: ScmpCondition];

/** The rules of a list, as the configuration makes them. */
function rules(kind: Kind, names: readonly string[]): Rule[] {
  const conditions = kind === "allowlist"
    ? anyWordExcept(REQUEST, INJECTIONS)
    : INJECTIONS.map((request) =>
      makeCondition(REQUEST, CompareMaskedEqual, WORD, request)
    );
  return [
    ...names.filter((name) => name !== CHECKED).map((name): Rule => [name]),
    ...conditions.map((condition): Rule => [CHECKED, condition]),
  ];
}

/** `CompareMaskedEqual` of libseccomp-golang, as a number. */
const GO_MASKED_EQUAL = 7;

/** Lets the Go host make the program. */
function goProgram(
  host: string,
  kind: Kind,
  list: readonly Rule[],
): Uint8Array<ArrayBuffer> {
  const lines = list.map(([name, condition]) => {
    const { number } = getSyscallFromName(name);
    if (!condition) return `${number}\n`;
    const { operandOne, operandTwo } = condition;
    return `${number} ${GO_MASKED_EQUAL} ${operandOne} ${operandTwo}\n`;
  });
  const input = Deno.makeTempFileSync({ suffix: ".rules" });
  Deno.writeTextFileSync(input, lines.join(""));
  const { success, stdout, stderr } = new Deno.Command("sh", {
    args: [
      ...["-c", `exec "$1" export "$2" <"$0"`, input, host],
      kind === "allowlist" ? "refuse" : "allow",
    ],
  }).outputSync();
  Deno.removeSync(input);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}
