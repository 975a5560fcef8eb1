/**
 * Plays a job as GitLab Runner does: the stages and their order, what is tried
 * again, what runs after a failure or when the job is cancelled, and what the
 * job is said to be in the end.
 *
 * What has no script in a job is skipped, as the runner skips a cache that is
 * not asked for. Uploads, secrets and the web terminal are left out.
 *
 * Source: GitLab Runner, common/build.go; "The Custom executor" of its
 * documentation, for the number of attempts.
 *
 * @module
 */
import { BuildError } from "./runner_command.ts";
import type { RunnerSection } from "./runner_configuration.ts";
import { Executor } from "./runner_executor.ts";
import {
  cancelled,
  failureOf,
  type Outcome,
  outcome,
} from "./runner_outcome.ts";
import { Trace } from "./runner_trace.ts";

export interface Job {
  /** Its CI/CD variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The scripts by stage; `step_script` is the job's own. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** How often `config_exec` and `prepare_exec` are tried; the runner waits 3 s in between. */
const PREPARATION_TRIES = 3;

/** Stages that are tried as often as a variable says. */
const ATTEMPTS: readonly (readonly [stage: string, variable: string])[] = [
  ["get_sources", "GET_SOURCES_ATTEMPTS"],
  ["restore_cache", "RESTORE_CACHE_ATTEMPTS"],
  ["download_artifacts", "ARTIFACT_DOWNLOAD_ATTEMPTS"],
];

/** One job on one runner. */
export class JobRun {
  readonly jobLog = new Trace();
  readonly runnerLog = new Trace();
  /** The stages in the order in which they were started. */
  readonly started: string[] = [];
  /** Those that SIGTERM did not end, so that SIGKILL did. */
  readonly killed: string[] = [];
  readonly #job: Job;
  readonly #newExecutor: () => Executor;
  readonly #whole = new AbortController();
  /** What "cancel" stops: the whole job, or from its script on only that. */
  #cancellable = this.#whole;

  constructor(
    runner: RunnerSection,
    environment: Readonly<Record<string, string>>,
    job: Job,
  ) {
    this.#job = job;
    const variables = { CI_JOB_ID: "17", CI: "true", ...job.variables };
    this.#newExecutor = () =>
      new Executor({
        runner,
        environment,
        job: { variables, response: { id: 17, token: "secret", variables } },
        jobLog: this.jobLog,
        runnerLog: this.runnerLog,
        started: this.started,
        killed: this.killed,
      });
  }

  /** Cancels the job as a user does: an after_script still runs. */
  cancel(): void {
    this.#cancellable.abort();
  }

  /** Stops the job at once, as when it was dropped meanwhile. */
  abort(): void {
    this.#whole.abort();
  }

  /** Plays the job to its end. */
  async play(): Promise<Outcome> {
    const failure = await failureOf(async () => {
      const executor = await this.#prepare();
      try {
        await this.#build(executor);
        if (this.#whole.signal.aborted) throw cancelled();
      } finally {
        await executor.cleanup();
      }
    });
    if (failure === undefined) return { status: "success" };
    return outcome(this.#whole.signal.aborted ? cancelled() : failure);
  }

  async #prepare(): Promise<Executor> {
    for (let attempt = 1;; attempt++) {
      const executor = this.#newExecutor();
      const failure = await failureOf(() =>
        executor.prepare(this.#whole.signal)
      );
      if (failure === undefined) return executor;
      await executor.cleanup();
      if (
        failure instanceof BuildError || this.#whole.signal.aborted ||
        attempt === PREPARATION_TRIES
      ) throw failure;
      this.jobLog.line(`ERROR: Preparation failed: ${failure.message}`);
    }
  }

  async #build(executor: Executor): Promise<void> {
    const stage = (name: string) =>
      this.#stage(executor, name, this.#whole.signal);
    await stage("prepare_script");
    let failure = await failureOf(async () => {
      for (const [name, variable] of ATTEMPTS) {
        await this.#attempt(name, variable, stage);
      }
    });
    failure ??= await this.#userScripts(executor);
    const end = failure === undefined ? "success" : "failure";
    const late = [
      await failureOf(() =>
        stage(failure ? "archive_cache_on_failure" : "archive_cache")
      ),
      await failureOf(() => stage(`upload_artifacts_on_${end}`)),
    ];
    // Its failure is but a warning in the runner's own log.
    await failureOf(() => stage("cleanup_file_variables"));
    const first = [failure, ...late].find((error) => error !== undefined);
    if (first !== undefined) throw first;
  }

  async #attempt(
    name: string,
    variable: string,
    stage: (name: string) => Promise<void>,
  ): Promise<void> {
    const attempts = Number(this.#job.variables?.[variable] ?? "1");
    for (let attempt = 1;; attempt++) {
      const failure = await failureOf(async () => {
        if (name === "get_sources" && attempt === 2) {
          await stage("clear_worktree");
        }
        await stage(name);
      });
      if (failure === undefined) return;
      if (attempt >= attempts) throw failure;
    }
  }

  /** The steps until one fails, and the after_script in any case. */
  async #userScripts(executor: Executor): Promise<Error | undefined> {
    const script = this.#cancellable = new AbortController();
    const stopped = AbortSignal.any([this.#whole.signal, script.signal]);
    const steps = Object.keys(this.#job.scripts).filter((name) =>
      name.startsWith("step_")
    );
    let failure = await failureOf(async () => {
      for (const step of steps) await this.#stage(executor, step, stopped);
    });
    if (script.signal.aborted) failure = cancelled();
    const after = await failureOf(() =>
      this.#stage(executor, "after_script", this.#whole.signal)
    );
    if (after !== undefined) {
      this.jobLog.line(
        "WARNING: after_script failed, but job will continue unaffected: " +
          after.message,
      );
    }
    return failure;
  }

  async #stage(
    executor: Executor,
    name: string,
    stopped: AbortSignal,
  ): Promise<void> {
    if (stopped.aborted) throw cancelled();
    const script = this.#job.scripts[name];
    if (script !== undefined) await executor.run(name, script, stopped);
  }
}
