/**
 * For people, as JSON, as libseccomp's pseudo filter code, as instructions, as
 * the program itself, or as a profile of container runtimes.
 */
export type Format = "table" | "json" | "pfc" | "asm" | "bpf" | "oci";

/** The flags of `show`. */
export interface ShowFlags {
  readonly configuration?: string;
  readonly stage?: string;
  /** As `--user` of `exec`. */
  readonly user?: string;
  /** A file with a program in place of a configuration; `-`: standard input. */
  readonly program?: string;
  /** A process whose filters are shown. */
  readonly pid?: number;
  readonly format: Format;
  /** The program that `asm` and `bpf` are of, 1 for the one loaded first. */
  readonly filter?: number;
  /** Show groups of calls in place of filters. */
  readonly groups: boolean;
  /** The same as `--format json`. */
  readonly json: boolean;
}

/** What is to be shown, and how. */
export type Request =
  | { readonly kind: "groups"; readonly format: Format }
  | PolicyRequest
  | ProgramsRequest;

/** The filters of a stage. */
export interface PolicyRequest {
  readonly kind: "policy";
  readonly configuration: string;
  readonly stage: string;
  readonly user: string | undefined;
  readonly format: Format;
  readonly filter: number | undefined;
}

/** Programs that others made. */
export interface ProgramsRequest {
  readonly kind: "programs";
  readonly from: { readonly file: string } | { readonly pid: number };
  readonly format: Exclude<Format, "pfc" | "oci">;
  readonly filter: number | undefined;
}

const NEEDED = "show needs --configuration FILE and --stage STAGE, " +
  "--program FILE, --pid PID, or --groups";

/**
 * Makes one request of the flags.
 *
 * @param flags The flags.
 * @param names What is on the command line beside them.
 * @throws {Error} If they do not go together.
 */
export function requestOf(
  flags: ShowFlags,
  names: readonly string[],
): Request {
  const { configuration, program, pid, groups, stage, user, filter } = flags;
  const sources = [configuration, program, pid, groups || undefined]
    .filter((source) => source !== undefined);
  if (sources.length !== 1) throw new Error(NEEDED);
  if (names.length > 0 && !groups) {
    throw new Error(`unexpected argument ${names[0]}`);
  }
  const format = formatOf(flags);
  if (configuration !== undefined) {
    if (stage === undefined) throw new Error(NEEDED);
    refuse(filter !== undefined && !isCode(format), "--filter", FILTER);
    return { kind: "policy", configuration, stage, user, format, filter };
  }
  refuse(stage !== undefined, "--stage", "--configuration");
  refuse(user !== undefined, "--user", "--configuration");
  refuse(filter !== undefined && pid === undefined, "--filter", FILTER);
  if (groups) {
    refuse(
      format !== "table" && format !== "json",
      `--format ${format}`,
      "filters, and not with --groups",
    );
    return { kind: "groups", format };
  }
  const from = program === undefined
    ? { pid: processId(pid) }
    : { file: program };
  return { kind: "programs", from, format: programFormat(format), filter };
}

const FILTER = "--pid, or with --configuration and --format asm or bpf";

function refuse(isWrong: boolean, flag: string, partner: string): void {
  if (isWrong) throw new Error(`${flag} goes with ${partner}`);
}

function formatOf({ format, json }: ShowFlags): Format {
  if (!json) return format;
  refuse(
    format !== "table" && format !== "json",
    "--json",
    "no other --format",
  );
  return "json";
}

function isCode(format: Format): boolean {
  return format === "asm" || format === "bpf";
}

function programFormat(format: Format): ProgramsRequest["format"] {
  switch (format) {
    case "pfc":
      throw new Error(
        "--format pfc is what libseccomp writes of its own filters: of a program there are table, json, asm and bpf",
      );
    case "oci":
      throw new Error(
        "--format oci is made of a filter's rules, which a program has no longer: of a program there are table, json, asm and bpf",
      );
    default:
      return format;
  }
}

function processId(pid: number | undefined): number {
  if (pid !== undefined && Number.isInteger(pid) && pid > 0) return pid;
  throw new Error("--pid takes the id of a process, a number from 1");
}
