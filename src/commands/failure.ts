import { int, type Libc, libc, long, pointer } from "../libc/mod.ts";
import { DriverError } from "../launch/driver.ts";
import { jobLine } from "../log/job_log.ts";
import {
  type LogRecord,
  openSystemLog,
  type SystemLog,
} from "../log/system_log.ts";
import { PluginError } from "../plugin/error.ts";
import { UsageError } from "./exec_arguments.ts";

/** What `SYSTEM_FAILURE_EXIT_CODE` is where the runner does not set it. */
const DEFAULT_EXIT_CODE = 2;

const STDERR = 2;

/**
 * `exit_group(2)`'s number. Source: arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h.
 */
const EXIT_GROUP = long(Deno.build.arch === "aarch64" ? 94n : 231n);
const NOWHERE = pointer(0n);

/** What can be said of a failure when nothing can be said of it. */
const UNTOLD =
  "plugin error: a plugin changed what the reason would be told with";
const UNLOGGED = "there may be no record of it";

/**
 * The exit code for "the system failed, not the job".
 *
 * @returns 1 to 255; an unusable value of the variable counts as none.
 *
 * Source: GitLab Runner, "The Custom executor", error handling.
 */
export function systemFailureExitCode(): number {
  let value: string | undefined;
  try {
    value = Deno.env.get("SYSTEM_FAILURE_EXIT_CODE");
  } catch {
    // Without the permission to look, or with bytes that are no text, it is as
    // if it were not set.
  }
  const code = /^\d{1,3}$/.test(value ?? "") ? Number(value) : 0;
  return code >= 1 && code <= 255 ? code : DEFAULT_EXIT_CODE;
}

/**
 * What is known of the request so far; a failure tells all of it to the system
 * log.
 */
interface Facts {
  stage?: string;
  configuration?: string;
  driver?: string;
}

/**
 * Ends `exec` when it fails: a record to the system log, one line to the job
 * log, the system-failure exit code.
 */
export class Failure {
  readonly exitCode = systemFailureExitCode();
  readonly facts: Facts = {};
  /** Where the job log is at the moment. */
  stderr = STDERR;
  readonly #exitStatus = BigInt(this.exitCode);
  readonly #unobfuscated: boolean;
  /** `undefined` while it is not known where records go. */
  #log:
    | { readonly open: SystemLog | undefined; readonly problem?: string }
    | undefined;

  #reference: string | undefined;
  /** The job log's line for when a plugin has left nothing to make one with. */
  #spare:
    | { readonly line: Uint8Array<ArrayBuffer>; readonly size: bigint }
    | undefined;

  constructor(unobfuscated: boolean) {
    this.#unobfuscated = unobfuscated;
  }

  /** Leads from the job log to the system log: 12 hexadecimal digits. */
  get reference(): string {
    return this.#reference ??= crypto.getRandomValues(new Uint8Array(6))
      .toHex();
  }

  /**
   * Opens the system log. A log that cannot be opened is remembered and told
   * with the first failure.
   */
  useLog(settings: Parameters<typeof openSystemLog>[0]): void {
    try {
      this.#log = { open: openSystemLog(settings) };
    } catch (error) {
      this.#log = { open: undefined, problem: (error as Error).message };
    }
  }

  /**
   * Writes a record that is not the request's end.
   *
   * @throws {Error} If it cannot be written.
   */
  note(
    level: "warn" | "info" | "debug",
    msg: string,
    origins?: readonly string[],
  ): void {
    if (this.#log?.problem !== undefined) throw new Error(this.#log.problem);
    this.#log?.open?.write({ ...this.#record(level, msg), origins });
  }

  /** Whether records of a level are written at all. */
  hears(level: LogRecord["level"]): boolean {
    return this.#log?.open?.format(this.#record(level, "")) !== undefined;
  }

  /**
   * The lines that {@linkcode Failure.end} would write, for when no JavaScript
   * is left to do it.
   */
  lastWords(error: Error): { fd: number; line: string }[] {
    const spare = new TextEncoder().encode(this.#jobLine(UNTOLD, UNLOGGED));
    this.#spare = { line: spare, size: BigInt(spare.length) };
    const msg = message(error);
    const words = [{
      fd: this.stderr,
      line: this.#jobLine(msg, this.#whyUnlogged()),
    }];
    const { open } = this.#log ?? {};
    const line = open?.format(this.#record("error", msg, error));
    if (open && line !== undefined) words.push({ fd: open.fd, line });
    return words;
  }

  /** Ends the process, whatever happens on the way. */
  end(error: unknown): never {
    let calls: Libc["calls"] | undefined;
    try {
      calls = libc().calls;
    } catch {
      // Then there is only what Deno offers; the error is told all the same.
    }
    try {
      const msg = message(error);
      const unlogged = this.#logFailure(msg, error);
      const line = new TextEncoder().encode(this.#jobLine(msg, unlogged));
      if (calls) calls.write(int(this.stderr), line, BigInt(line.length));
      else Deno.stderr.writeSync(line);
    } catch {
      // A plugin has changed what the lines above rely on.
      if (calls && this.#spare) {
        const { line, size } = this.#spare;
        calls.write(int(this.stderr), line, size);
      }
    } finally {
      // Under a filter that refuses exit_group, _exit would end this thread
      // alone, and the others would keep the process for ever.
      calls?.syscall(EXIT_GROUP, this.#exitStatus, 0n, null);
      // Then a fault ends it: it reads a stream that is nowhere.
      calls?.fputs(NOWHERE, 0n);
      Deno.exit(this.exitCode);
    }
  }

  /** Writes the record of the failure. Returns why there is none. */
  #logFailure(msg: string, error: unknown): string | undefined {
    try {
      if (!this.#log) {
        // It failed before the configuration was read: it is not known where
        // records go, so they go where they usually do.
        this.useLog({ enabled: true, level: "info", location: "syslog" });
      }
      this.#log?.open?.write(this.#record("error", msg, error));
      return this.#whyUnlogged();
    } catch (problem) {
      return (problem as Error).message;
    }
  }

  /** Why there can be no record, if there can be none. */
  #whyUnlogged(): string | undefined {
    if (this.#log?.open) return undefined;
    return this.#log?.problem ?? "the system log is not enabled";
  }

  #record(level: LogRecord["level"], msg: string, error?: unknown): LogRecord {
    const plugin = error instanceof PluginError
      ? { plugin: error.plugin, place: error.place }
      : undefined;
    return { level, msg, ...this.facts, ...plugin, reference: this.reference };
  }

  #jobLine(msg: string, unlogged: string | undefined): string {
    const { reference } = this;
    return jobLine({
      msg,
      reference,
      unobfuscated: this.#unobfuscated,
      unlogged,
    });
  }
}

/** What is said of an error: what could not be done, and why. */
function message(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    return `unable to understand the command line: ${reason}`;
  }
  if (error instanceof DriverError) {
    return `unable to start the driver: ${reason}`;
  }
  return `unable to establish seccomp filter: ${reason}`;
}
