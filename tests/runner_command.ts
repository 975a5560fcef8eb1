/**
 * Runs one executable of a custom executor as GitLab Runner does, and ends it
 * as it does.
 *
 * Source: GitLab Runner, executors/custom/command/command.go and
 * helpers/process/killer.go.
 *
 * @module
 */
import type { Trace } from "./runner_trace.ts";

export const BUILD_FAILURE = 1;
export const SYSTEM_FAILURE = 2;

/** Why a job failed that ran as it should (`BuildError`). */
export class BuildError extends Error {
  constructor(
    message: string,
    readonly reason: "script_failure" | "job_canceled",
    readonly exitCode?: number,
  ) {
    super(message);
  }
}

/** Anything else that makes a job fail: a runner system failure. */
export class SystemError extends Error {}

export interface Command {
  readonly executable: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the driver may leave the script's own exit code. */
  readonly exitCodeFile: string;
  readonly stdout: Trace;
  readonly stderr: Trace;
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly gracefulKillTimeout: number;
  /** From SIGKILL to giving up, in milliseconds. */
  readonly forceKillTimeout: number;
  /** Is called when SIGKILL is sent. */
  readonly onKill: () => void;
}

/** Makes a process group, says so, and becomes the command. */
const LEAD = "setpgrp(0, 0) or die; syswrite STDERR, qq(\\n); " +
  "exec {$ARGV[0]} @ARGV; die qq($ARGV[0]: $!)";

/**
 * Runs a command to its end, or until it is stopped: then its process group
 * gets SIGTERM, and SIGKILL if it does not end in time.
 *
 * It has ended when its process has and nobody holds its output any more, as
 * Go's `Cmd.Wait` has it.
 *
 * @throws {BuildError | SystemError} What the exit code says.
 */
export async function runCommand(
  command: Command,
  stopped: AbortSignal,
): Promise<void> {
  const child = new Deno.Command("perl", {
    args: ["-e", LEAD, command.executable, ...command.args],
    cwd: command.folder,
    clearEnv: true,
    env: { ...command.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const leads = Promise.withResolvers<void>();
  const ended = Promise.all([
    child.status,
    command.stdout.take(child.stdout),
    command.stderr.take(withoutFirstByte(child.stderr, leads.resolve)),
  ]).then(([status]) => status);
  await leads.promise;

  const status = await Promise.race([ended, whenStopped(stopped)]) ??
    await killAndWait(-child.pid, ended, command);
  judge(status, command);
}

/** SIGTERM to the group, and SIGKILL when its time is over. */
async function killAndWait(
  group: number,
  ended: Promise<Deno.CommandStatus>,
  { gracefulKillTimeout, forceKillTimeout, onKill }: Command,
): Promise<Deno.CommandStatus> {
  kill(group, "SIGTERM");
  let status = await within(gracefulKillTimeout, ended);
  if (status === undefined) {
    onKill();
    kill(group, "SIGKILL");
    status = await within(forceKillTimeout, ended);
  }
  if (status !== undefined) return status;
  throw new SystemError(
    `failed to kill process PID=${-group}, likely process is dormant`,
  );
}

function judge({ code, signal }: Deno.CommandStatus, command: Command): void {
  if (code === 0) return;
  const end = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  // Go gives a death by a signal the code -1.
  if (signal === null && code === SYSTEM_FAILURE) throw new SystemError(end);
  if (signal === null && code === BUILD_FAILURE) {
    throw buildFailure(end, command.exitCodeFile);
  }
  throw unknownFailure(signal === null ? code : -1, end);
}

function buildFailure(end: string, exitCodeFile: string): Error {
  let line: string;
  try {
    [line] = Deno.readTextFileSync(exitCodeFile).split("\n");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return new BuildError(end, "script_failure", BUILD_FAILURE);
  }
  if (!/^[+-]?\d+$/.test(line)) return unknownFailure(SYSTEM_FAILURE, end);
  return new BuildError(`exit status ${line}`, "script_failure", Number(line));
}

function unknownFailure(code: number, end: string): SystemError {
  return new SystemError(
    `unknown Custom executor executable exit code ${code}; ` +
      `executable execution terminated with: ${end}`,
  );
}

function kill(group: number, signal: Deno.Signal): void {
  try {
    Deno.kill(group, signal);
  } catch (error) {
    // All of it is gone, and only a process of another group has the output.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What a promise gives, or nothing if it takes longer. */
async function within<T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function whenStopped(stopped: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (stopped.aborted) done(undefined);
    stopped.addEventListener("abort", () => done(undefined), { once: true });
  });
}

/** A stream without its first byte, which is told when it comes. */
function withoutFirstByte(
  stream: ReadableStream<Uint8Array>,
  come: () => void,
): ReadableStream<Uint8Array> {
  let isFirst = true;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(isFirst ? chunk.subarray(1) : chunk);
        isFirst = false;
        come();
      },
      flush: come,
    }),
  );
}
