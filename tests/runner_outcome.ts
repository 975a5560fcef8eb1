/**
 * What GitLab Runner says that became of a job.
 *
 * Source: GitLab Runner, common/build.go (`setTraceStatus`).
 *
 * @module
 */
import { BuildError, SystemError } from "./runner_command.ts";

/** How a job ended, as GitLab shows it. */
export type Outcome =
  | { readonly status: "success" }
  | {
    readonly status: "failed";
    readonly reason:
      | "script_failure"
      | "runner_system_failure"
      | "job_canceled";
    readonly message: string;
    /** For `allow_failure:exit_codes`. */
    readonly exitCode?: number;
  };

export const CANCELLED: Outcome = {
  status: "failed",
  reason: "job_canceled",
  message: "canceled",
  exitCode: undefined,
};

export function outcome(error: Error): Outcome {
  const { message } = error;
  if (error instanceof BuildError) {
    const { reason, exitCode } = error;
    return { status: "failed", reason, message, exitCode };
  }
  return { status: "failed", reason: "runner_system_failure", message };
}

/** How a stage fails that is not run, or is stopped, because the job is cancelled. */
export function cancelled(): BuildError {
  return new BuildError("canceled", "job_canceled");
}

/** What a part of a job failed with, if it did; a fault of the test is thrown on. */
export async function failureOf(
  part: () => Promise<void>,
): Promise<Error | undefined> {
  try {
    await part();
  } catch (error) {
    if (error instanceof BuildError || error instanceof SystemError) {
      return error;
    }
    throw error;
  }
}
