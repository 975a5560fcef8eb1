import {
  CompareMaskedEqual,
  getSyscallFromName,
  makeCondition,
  type ScmpAction,
  type ScmpArch,
  type ScmpCondition,
  ScmpError,
  type ScmpSyscall,
} from "../../libseccomp/mod.ts";
import { errno } from "../../libc/errno.ts";
import { capabilities } from "../capabilities.ts";
import { existsOn } from "../offered.ts";
import { type ProfileHost, whyNotFor } from "./circumstances.ts";
import { OCI_ACTIONS, OCI_OPERATORS, type OciAction } from "./names.ts";
import type { Report } from "./report.ts";
import type { OciArgument, OciEntry } from "./schema.ts";

/** One rule of a profile: one system call of one entry. */
export interface ProfileRule {
  readonly name: string;
  readonly syscall: ScmpSyscall;
  readonly action: ScmpAction;
  /** All of them must hold for the rule to match; none: it matches always. */
  readonly conditions: readonly ScmpCondition[];
  /** The index of the entry in `syscalls`, from 0. */
  readonly entry: number;
}

/** What the entries of a profile have in common. */
export interface Scope {
  readonly defaultAction: ScmpAction;
  readonly architectures: readonly ScmpArch[];
  readonly host: ProfileHost;
}

/** The highest codes that actions carry: see {@linkcode ScmpAction.setReturnCode}. */
const HIGHEST_ERRNO = 4094;
const HIGHEST_MESSAGE = 0xffff;

/**
 * The rules of an entry.
 *
 * @param index The entry's index in `syscalls`, from 0.
 * @param entry The entry.
 * @param scope What is known of the profile.
 * @param report Is told what is left out and what is wrong.
 * @returns A rule for each call that exists here, or several where the entry
 * compares one argument more than once.
 */
export function readEntry(
  index: number,
  entry: OciEntry,
  { defaultAction, architectures, host }: Scope,
  report: Report,
): ProfileRule[] {
  const place = `syscalls[${index}]`;
  const { name, args } = entry;
  if (name !== undefined && entry.names.length > 0) {
    report.refuse(`${place}: there may be only one of name and names`);
  }
  const names = name === undefined ? entry.names : [name];
  if (names.length === 0) report.refuse(`${place}: it names no system call`);

  for (const cap of [...entry.includes.caps, ...entry.excludes.caps]) {
    if (capabilities.has(cap)) continue;
    report.note(`${place}: Linux has no capability ${cap}`);
  }
  const whole = `${place} (${names.join(", ")})`;
  const reason = whyNotFor(entry, host);
  if (reason) {
    report.note(`${whole} is left out: it is ${reason}`);
    return [];
  }
  const action = readAction(place, entry, report);
  if (action.equals(defaultAction)) {
    // libseccomp takes no such rule. Without conditions it says nothing new.
    if (args.length > 0) {
      report.note(`${whole} has no effect: its action is the default action`);
    }
    return [];
  }
  const alternatives = readConditions(whole, args, report);
  return resolve(place, names, architectures, report).flatMap((call) =>
    alternatives.map((conditions) => (
      { ...call, action, conditions, entry: index }
    ))
  );
}

/**
 * The action of an entry or of the whole profile, with its errno, which is EPERM
 * if there is none. Podman's `errno` goes before the `errnoRet` that everybody
 * knows.
 *
 * Source: containers/common, pkg/seccomp/seccomp_linux.go, `getErrno`; an errno
 * for another action is an error as in crun, src/libcrun/seccomp.c.
 */
export function readAction(
  place: string,
  { action: name, errnoRet, errno: named }: {
    readonly action: OciAction;
    readonly errnoRet?: number | undefined;
    readonly errno?: number | undefined;
  },
  report: Report,
): ScmpAction {
  const action = OCI_ACTIONS[name];
  const code = named ?? errnoRet;
  if (action.kind === "Notify") {
    report.refuse(`${place}: nobody would listen for SCMP_ACT_NOTIFY`);
  }
  if (action.kind !== "Errno" && action.kind !== "Trace") {
    if (code !== undefined) report.refuse(`${place}: ${name} takes no errno`);
    return action;
  }
  if (errnoRet !== undefined && errnoRet !== code) {
    report.note(
      `${place}: its errno is ${code}, not the ${errnoRet} of errnoRet`,
    );
  }
  const highest = action.kind === "Errno" ? HIGHEST_ERRNO : HIGHEST_MESSAGE;
  if (code !== undefined && code > highest) {
    report.refuse(`${place}: an errno is at most ${highest}, not ${code}`);
    return action;
  }
  return action.setReturnCode(code ?? errno.EPERM);
}

/**
 * The conditions of an entry, one list for each rule that a call gets.
 *
 * A rule can compare an argument only once. Where an entry compares one twice,
 * runc and crun make each of its conditions a rule of its own.
 *
 * Source: opencontainers/runc, libcontainer/seccomp/seccomp_linux.go,
 * `matchCall`; containers/crun, src/libcrun/seccomp.c, `libcrun_generate_seccomp`.
 */
function readConditions(
  whole: string,
  args: readonly OciArgument[],
  report: Report,
): readonly (readonly ScmpCondition[])[] {
  const conditions = args.map(({ index, value, valueTwo, op }) => {
    const comparison = OCI_OPERATORS[op];
    if (comparison === CompareMaskedEqual) {
      return makeCondition(index, comparison, value, valueTwo);
    }
    if (valueTwo !== 0n) {
      report.note(`${whole}: valueTwo ${valueTwo} has no effect with ${op}`);
    }
    return makeCondition(index, comparison, value);
  });
  if (new Set(args.map(({ index }) => index)).size === args.length) {
    return [conditions];
  }
  report.note(
    `${whole} compares an argument more than once: as in container runtimes, any one of its conditions is enough`,
  );
  return conditions.map((condition) => [condition]);
}

/** Those of an entry's calls that exist here. */
function resolve(
  place: string,
  names: readonly string[],
  architectures: readonly ScmpArch[],
  report: Report,
): Pick<ProfileRule, "name" | "syscall">[] {
  const found: Pick<ProfileRule, "name" | "syscall">[] = [];
  const absent: string[] = [];
  const unknown: string[] = [];
  for (const name of names) {
    try {
      const syscall = getSyscallFromName(name);
      const exists = architectures.some((arch) => existsOn(name, arch));
      if (exists) found.push({ name, syscall });
      else absent.push(name);
    } catch (cause) {
      if (!(cause instanceof ScmpError) || cause.code !== "ENOENT") throw cause;
      unknown.push(name);
    }
  }
  if (absent.length > 0) {
    const where = architectures.join(", ");
    report.note(`${place}: not a call of ${where}: ${absent.join(", ")}`);
  }
  if (unknown.length > 0) {
    const names = unknown.join(", ");
    report.note(
      `${place}: unknown to libseccomp and left to the default action: ${names}`,
    );
  }
  return found;
}
