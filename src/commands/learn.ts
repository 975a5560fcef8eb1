import { findDriver } from "../launch/driver.ts";
import { inferStage } from "../launch/stage.ts";
import { learnCalls } from "../learn/_calls.ts";
import { isStageName } from "../learn/document.ts";
import { type Job, type JobEnd, startJob } from "../learn/job.ts";
import { ANY_STAGE, type LearnedStage } from "../learn/record.ts";
import { Recorder } from "../learn/recorder.ts";
import { watch } from "../learn/watch.ts";
import { SIGKILL } from "../libc/signal.ts";
import { systemFailureExitCode } from "./failure.ts";
import { Learned } from "./learn_output.ts";
import { Progress } from "./learn_progress.ts";
import { JobSignals } from "./learn_signals.ts";
import { end } from "./survey.ts";

/**
 * How long processes may outlive the job's first one without a word, in
 * milliseconds.
 */
const PATIENCE = 1000;

/** The flags of `learn`. */
export interface LearnFlags {
  /** The file to write. */
  readonly output: string;
  readonly stage?: string;
  /** Whether to add to what was recorded before. */
  readonly merge: boolean;
}

/**
 * Runs a job, records what it calls, and writes a policy that lets it pass.
 *
 * @param flags The command's flags.
 * @param command The job's command and its arguments.
 * @returns Never: the process ends with the exit code of the job's first
 * process, or 128 and the signal that ended it; with the system-failure exit
 * code if it could not be run or recorded.
 */
export async function learn(
  { output, stage, merge }: LearnFlags,
  ...command: readonly string[]
): Promise<never> {
  try {
    if (stage !== undefined && !isStageName(stage)) {
      throw new Error(`${JSON.stringify(stage)} cannot be a stage's name`);
    }
    const learned = Learned.open(output, merge);
    // Before anything is started: what is wrong is then said once.
    findDriver(command[0], () => Deno.env.get("PATH"));
    const job = startJob(loader(), command);
    const recording = new Recording(
      job,
      command,
      (seen) =>
        learned.write(stage ?? inferStage(command.slice(1)) ?? ANY_STAGE, seen),
    );
    return await recording.run();
  } catch (error) {
    return end(systemFailureExitCode(), error);
  }
}

/** How this program is started as the first process of a job. */
function loader(): { readonly file: string; readonly args: readonly string[] } {
  const name = "jacamar-seccomp";
  if (Deno.build.standalone) {
    return { file: "/proc/self/exe", args: [name, "learn-start"] };
  }
  const permissions = ["read", "ffi", "env", "sys"].map((each) =>
    `--allow-${each}`
  );
  const main = new URL("../../main.ts", import.meta.url).pathname;
  return {
    file: Deno.execPath(),
    args: [
      ...["deno", "run", "--quiet", "--no-prompt", "--no-check"],
      ...["--cached-only", ...permissions, main, "learn-start"],
    ],
  };
}

/** A job while it is recorded. */
class Recording {
  readonly #job: Job;
  readonly #command: readonly string[];
  readonly #write: (seen: LearnedStage) => void;
  readonly #recorder = new Recorder();
  readonly #progress = new Progress(this.#recorder);
  readonly #began = new Date();
  readonly #start = performance.now();
  #end: JobEnd | undefined;
  /** When it is told that processes are left; never, once it was told. */
  #tellAt = Infinity;

  constructor(
    job: Job,
    command: readonly string[],
    write: (seen: LearnedStage) => void,
  ) {
    this.#job = job;
    this.#command = command;
    this.#write = write;
  }

  /** Goes on until the job is over, or is given up. */
  async run(): Promise<never> {
    const signals = new JobSignals(this.#job.pid, () => this.#saveEarly());
    let isSeen = false;
    try {
      isSeen = await watch(this.#job, this.#recorder, {
        onTurn: () => {
          this.#progress.update();
          if (performance.now() > this.#tellAt) this.#tellOfOthers();
          return !signals.isGivenUp;
        },
        onEnd: (end) => {
          this.#end = end;
          this.#tellAt = performance.now() + PATIENCE;
          signals.end();
        },
      });
    } finally {
      this.#progress.clear();
      // Given up, or not served any more.
      if (this.#end === undefined) learnCalls().kill(this.#job.pid, SIGKILL);
    }
    if (!isSeen) throw new Error("the job was ended before its command began");
    // What loads the filter has said why, and ended with its code.
    if (!this.#job.hasStarted()) return end(systemFailureExitCode());
    try {
      this.#save();
    } catch (error) {
      const code = this.#exitCode();
      throw new Error(`${messageOf(error)}; the command ended with ${code}`, {
        cause: error,
      });
    }
    return end(this.#exitCode());
  }

  #tellOfOthers(): void {
    this.#tellAt = Infinity;
    this.#progress.clear();
    console.error(
      "learn: the command has ended, and processes of it go on; they are waited for, until SIGINT or SIGTERM",
    );
    this.#saveEarly();
  }

  #exitCode(): number {
    return this.#end?.code ?? 128 + SIGKILL;
  }

  /** Makes sure of what is known so far; the job is not to suffer from it. */
  #saveEarly(): void {
    try {
      this.#save();
    } catch (error) {
      console.error(`learn: ${messageOf(error)}`);
    }
  }

  #save(): void {
    this.#progress.clear();
    const milliseconds = performance.now() - this.#start;
    this.#write({
      runs: [{
        command: this.#command,
        began: this.#began.toISOString(),
        seconds: Math.round(milliseconds) / 1000,
        exitCode: this.#exitCode(),
      }],
      calls: this.#recorder.calls(),
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
