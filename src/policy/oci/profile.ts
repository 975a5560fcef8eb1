import * as v from "valibot";
import type { ScmpAction, ScmpArch } from "../../libseccomp/mod.ts";
import { at, ConfigurationError } from "../error.ts";
import { parseExactJson } from "../exact_json.ts";
import { coveredArchitectures } from "./architectures.ts";
import type { ProfileHost } from "./circumstances.ts";
import { type ProfileRule, readAction, readEntry } from "./entry.ts";
import { Report } from "./report.ts";
import { OciDocument } from "./schema.ts";

export type { ProfileHost, ProfileRule };

/** A container runtime's seccomp profile, evaluated for a host. */
export interface Profile {
  readonly defaultAction: ScmpAction;
  /** Those that the profile covers and the host may run, the native one first. */
  readonly architectures: readonly ScmpArch[];
  /** `SECCOMP_FILTER_FLAG_LOG`: the kernel logs all actions but allow. */
  readonly log: boolean;
  /**
   * `SECCOMP_FILTER_FLAG_SPEC_ALLOW`: Speculative Store Bypass mitigation stays
   * off.
   */
  readonly speculativeStoreBypass: boolean;
  /** In the order of the profile; none has the default action. */
  readonly rules: readonly ProfileRule[];
  /**
   * What was left out or is unknown here, one sentence each, naming the entry
   * and the calls.
   */
  readonly notes: readonly string[];
}

/**
 * Reads a seccomp profile of Docker, Podman or the OCI runtime specification and
 * evaluates it for a host, as they do before libseccomp gets to see it.
 *
 * Other than they, it refuses keys that none of them knows, and where there are
 * no `flags` it leaves Speculative Store Bypass mitigation as it is.
 *
 * @param file The file's name, for messages.
 * @param text The JSON text.
 * @param host What it is evaluated for.
 * @returns The profile. Two rules of which libseccomp would heed only one are
 * left as they are.
 * @throws {ConfigurationError} If it is no profile, contradicts itself or needs
 * what is not there: a listener for `SCMP_ACT_NOTIFY`.
 *
 * Source: opencontainers/runtime-spec, config-linux.md, "Seccomp"; `setupSeccomp`
 * of moby/profiles, seccomp/seccomp_linux.go, and of containers/common,
 * pkg/seccomp/seccomp_linux.go.
 */
export function parseProfile(
  file: string,
  text: string,
  host: ProfileHost,
): Profile {
  const document = readDocument(file, text);
  const report = new Report();
  const defaultAction = readAction("defaultAction", {
    action: document.defaultAction,
    errnoRet: document.defaultErrnoRet,
    errno: document.defaultErrno,
  }, report);
  const own = coveredArchitectures(document, host.architecture, report);
  const architectures = host.architectures ?? own;
  const flags = readFlags(document, report);
  const scope = { defaultAction, architectures, host };
  const rules = document.syscalls.flatMap((entry, index) =>
    readEntry(index, entry, scope, report)
  );
  if (report.problems.length > 0) throw refusal(file, report.problems);
  return { defaultAction, architectures, ...flags, rules, notes: report.notes };
}

function readDocument(file: string, text: string): OciDocument {
  let json: unknown;
  try {
    json = parseExactJson(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refusal(file, [`not valid JSON: ${cause.message}`], cause);
  }
  const result = v.safeParse(OciDocument, json);
  if (result.success) return result.output;
  throw refusal(file, result.issues.map(describe));
}

/** `syscalls[3].args[0].value: must be …` */
function describe({ path, message }: v.BaseIssue<unknown>): string {
  const place = (path ?? []).map(({ key }) =>
    typeof key === "number" ? `[${key}]` : `.${key}`
  ).join("").slice(1);
  return place === "" ? `the profile ${message}` : `${place}: ${message}`;
}

function refusal(
  file: string,
  problems: readonly string[],
  cause?: unknown,
): ConfigurationError {
  const placed = problems.map((problem) => at(file, undefined, problem));
  return new ConfigurationError(placed, { cause });
}

function readFlags(
  { flags, listenerPath, listenerMetadata }: OciDocument,
  report: Report,
): Pick<Profile, "log" | "speculativeStoreBypass"> {
  const forListener = Object.entries({ listenerPath, listenerMetadata })
    .filter(([, value]) => value !== undefined).map(([key]) => key);
  for (const flag of flags) {
    switch (flag) {
      case "SECCOMP_FILTER_FLAG_LOG":
      case "SECCOMP_FILTER_FLAG_SPEC_ALLOW":
        break;
      case "SECCOMP_FILTER_FLAG_TSYNC":
        // The driver starts with one thread, and that has the filter.
        break;
      case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV":
        forListener.push(flag);
        break;
      default:
        report.refuse(`flags: ${flag} is not known`);
    }
  }
  for (const key of forListener) {
    report.note(`${key} has no effect: it is for SCMP_ACT_NOTIFY`);
  }
  return {
    log: flags.includes("SECCOMP_FILTER_FLAG_LOG"),
    speculativeStoreBypass: flags.includes("SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
  };
}
