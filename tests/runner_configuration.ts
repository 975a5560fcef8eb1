/**
 * What GitLab Runner is configured with, as far as the custom executor goes.
 *
 * Source: GitLab Runner, docs/executors/custom.md, executors/custom/config.go
 * and helpers/process/killer.go.
 *
 * @module
 */
import type { Trace } from "./runner_trace.ts";

/** `[runners.custom]` of the runner's `config.toml`; timeouts are in seconds. */
export interface CustomSection {
  readonly config_exec?: string;
  readonly config_args?: readonly string[];
  readonly config_exec_timeout?: number;
  readonly prepare_exec?: string;
  readonly prepare_args?: readonly string[];
  readonly prepare_exec_timeout?: number;
  readonly run_exec: string;
  readonly run_args?: readonly string[];
  readonly cleanup_exec?: string;
  readonly cleanup_args?: readonly string[];
  readonly cleanup_exec_timeout?: number;
  readonly graceful_kill_timeout?: number;
  readonly force_kill_timeout?: number;
}

/** One `[[runners]]` of it. */
export interface RunnerSection {
  readonly builds_dir?: string;
  readonly custom: CustomSection;
}

/** What an executor is given of the job and the runner. */
export interface Surroundings {
  readonly runner: RunnerSection;
  /** The runner's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly job: {
    readonly variables: Readonly<Record<string, string>>;
    readonly response: unknown;
  };
  readonly jobLog: Trace;
  readonly runnerLog: Trace;
  /** Gets the stages that were started, as the driver is told them. */
  readonly started: string[];
  /** Gets those that SIGTERM did not end. */
  readonly killed: string[];
}

/** How long `config_exec`, `prepare_exec` and `cleanup_exec` may take each, in seconds. */
export const EXEC_TIMEOUT = 60 * 60;
export const GRACEFUL_KILL_TIMEOUT = 10 * 60;
export const FORCE_KILL_TIMEOUT = 10;

/** A timeout of the configuration in milliseconds. */
export function duration(
  seconds: number | undefined,
  standard: number,
): number {
  return 1000 * (seconds === undefined || seconds <= 0 ? standard : seconds);
}
