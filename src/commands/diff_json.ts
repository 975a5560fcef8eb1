import type { Decision } from "../policy/compare_stages.ts";
import { nameOfCall } from "../policy/describe_call.ts";
import { actionToJson, callToJson } from "./call_text.ts";
import type { DiffReport } from "./diff_report.ts";
import type { Survey } from "./survey.ts";

/** The report for programs. */
export function reportToJson({ before, after, stages }: DiffReport): unknown {
  const side = ({ configuration, disabled, plugins }: Survey) => ({
    configuration,
    disabled,
    plugins,
  });
  const decision = (
    { action, by, origins }: Decision,
    { describeOrigin }: Survey,
  ) => ({
    action: actionToJson(action),
    by,
    origins: origins.map(describeOrigin),
  });
  return {
    old: side(before),
    new: side(after),
    stages: stages.map(({ stage, changes, problems }) => ({
      stage,
      problems: { old: problems.before, new: problems.after },
      calls: changes.calls.map((change) => ({
        abi: change.abi,
        number: change.number,
        syscall: change.number === undefined
          ? undefined
          : nameOfCall(change.witness),
        always: change.isWhole,
        old: decision(change.before, before),
        new: decision(change.after, after),
        witness: callToJson(change.witness),
      })),
      settings: changes.settings.map((change) => ({
        setting: change.setting,
        old: change.before,
        new: change.after,
      })),
    })),
  };
}
