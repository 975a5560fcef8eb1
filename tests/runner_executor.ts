/**
 * The custom executor of GitLab Runner: what it makes of the runner's
 * configuration, the executables' environment, and the order of one
 * preparation.
 *
 * Source: GitLab Runner, executors/custom/custom.go.
 *
 * @module
 */
import {
  BUILD_FAILURE,
  BuildError,
  runCommand,
  SYSTEM_FAILURE,
  SystemError,
} from "./runner_command.ts";
import {
  type CustomSection,
  duration,
  EXEC_TIMEOUT,
  FORCE_KILL_TIMEOUT,
  GRACEFUL_KILL_TIMEOUT,
  type Surroundings,
} from "./runner_configuration.ts";
import { Trace } from "./runner_trace.ts";

/** What `config_exec` may print; other keys are ignored. */
interface DriverConfig {
  readonly builds_dir?: string;
  readonly driver?: { readonly name?: string; readonly version?: string };
  readonly job_env?: Readonly<Record<string, string>>;
}

/** What is done of one stage, and what becomes of its output. */
interface Call {
  readonly stage: string;
  readonly executable: string;
  readonly args?: readonly string[];
  readonly stdout?: Trace;
  readonly stderr?: Trace;
}

/** One executor: each try of a preparation makes a new one. */
export class Executor {
  readonly #surroundings: Surroundings;
  readonly #custom: CustomSection;
  readonly #folder = Deno.makeTempDirSync({ prefix: "custom-executor" });
  readonly #responseFile = `${this.#folder}/response.json`;
  #driver: DriverConfig = {};

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#custom = surroundings.runner.custom;
    Deno.writeTextFileSync(
      this.#responseFile,
      JSON.stringify(surroundings.job.response),
      { mode: 0o600 },
    );
  }

  /** `config_exec`, then `prepare_exec`. */
  async prepare(stopped: AbortSignal): Promise<void> {
    const { config_exec, prepare_exec } = this.#custom;
    if (config_exec !== undefined) await this.#configure(config_exec, stopped);
    const { jobLog, runner } = this.#surroundings;
    const { name, version } = this.#driver.driver ?? {};
    const driver = name === undefined ? "" : ` with driver ${name}`;
    jobLog.line(
      `Using Custom executor${driver}${
        driver && version ? ` ${version}` : ""
      }...`,
    );
    if ((this.#driver.builds_dir ?? runner.builds_dir) === undefined) {
      throw new BuildError(
        "the builds_dir is not configured",
        "script_failure",
      );
    }
    if (prepare_exec === undefined) return;
    await this.#call(
      {
        stage: "prepare_exec",
        executable: prepare_exec,
        args: this.#custom.prepare_args,
      },
      this.#custom.prepare_exec_timeout,
      stopped,
    );
  }

  async #configure(executable: string, stopped: AbortSignal): Promise<void> {
    const stdout = new Trace();
    await this.#call(
      {
        stage: "config_exec",
        executable,
        args: this.#custom.config_args,
        stdout,
      },
      this.#custom.config_exec_timeout,
      stopped,
    );
    if (stdout.text === "") return;
    try {
      this.#driver = JSON.parse(stdout.text);
    } catch (cause) {
      throw new SystemError(`error while parsing JSON output: ${cause}`);
    }
  }

  /** `run_exec` for one sub-stage. */
  async run(
    stage: string,
    script: string,
    stopped: AbortSignal,
  ): Promise<void> {
    const folder = Deno.makeTempDirSync({
      dir: this.#folder,
      prefix: "script",
    });
    const file = `${folder}/script.sh`;
    Deno.writeTextFileSync(file, script, { mode: 0o700 });
    // The runner still gives the job's own script its old name.
    const told = stage === "step_script" ? "build_script" : stage;
    await this.#call(
      {
        stage: told,
        executable: this.#custom.run_exec,
        args: [...this.#custom.run_args ?? [], file, told],
      },
      undefined,
      stopped,
    );
  }

  /** `cleanup_exec`, whose failure is a warning; no cancelling reaches it. */
  async cleanup(): Promise<void> {
    const { jobLog, runnerLog } = this.#surroundings;
    try {
      const { cleanup_exec } = this.#custom;
      if (cleanup_exec === undefined) return;
      await this.#call(
        {
          stage: "cleanup_exec",
          executable: cleanup_exec,
          args: this.#custom.cleanup_args,
          stdout: runnerLog,
          stderr: runnerLog,
        },
        this.#custom.cleanup_exec_timeout,
        new AbortController().signal,
      );
    } catch (error) {
      if (!(error instanceof BuildError || error instanceof SystemError)) {
        throw error;
      }
      jobLog.line(`WARNING: Cleanup script failed: ${error.message}`);
    } finally {
      Deno.removeSync(this.#folder, { recursive: true });
    }
  }

  /** @param timeout In seconds; of `run_exec` there is none. */
  async #call(
    call: Call,
    timeout: number | undefined,
    stopped: AbortSignal,
  ): Promise<void> {
    const { started, killed, jobLog } = this.#surroundings;
    started.push(call.stage);
    const exitCodeFile = `${this.#folder}/build_exit_code`;
    const late = new AbortController();
    const timer = call.stage.endsWith("_exec")
      ? setTimeout(() => late.abort(), duration(timeout, EXEC_TIMEOUT))
      : undefined;
    const { graceful_kill_timeout, force_kill_timeout } = this.#custom;
    try {
      await runCommand({
        executable: call.executable,
        args: call.args ?? [],
        folder: this.#folder,
        env: this.#environment(exitCodeFile),
        exitCodeFile,
        stdout: call.stdout ?? jobLog,
        stderr: call.stderr ?? jobLog,
        onKill: () => killed.push(call.stage),
        gracefulKillTimeout: duration(
          graceful_kill_timeout,
          GRACEFUL_KILL_TIMEOUT,
        ),
        forceKillTimeout: duration(force_kill_timeout, FORCE_KILL_TIMEOUT),
      }, AbortSignal.any([stopped, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  #environment(exitCodeFile: string): Record<string, string> {
    const { environment, job } = this.#surroundings;
    const variables = Object.entries(job.variables).map((
      [name, value],
    ) => [`CUSTOM_ENV_${name}`, value]);
    return {
      ...environment,
      TMPDIR: this.#folder,
      BUILD_FAILURE_EXIT_CODE: `${BUILD_FAILURE}`,
      SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}`,
      BUILD_EXIT_CODE_FILE: exitCodeFile,
      JOB_RESPONSE_FILE: this.#responseFile,
      ...this.#driver.job_env,
      ...Object.fromEntries(variables),
    };
  }
}
