import { ActLog, type Journal, type ScmpAction } from "../libseccomp/mod.ts";
import { decisive } from "../libseccomp/decisive.ts";
import { passes } from "./action.ts";

/** The same filter, but that what it would refuse is logged and let pass. */
export function logging(journal: Journal): Journal {
  const logged = (action: ScmpAction) => passes(action) ? action : ActLog;
  const defaultAction = logged(journal.defaultAction);
  // One that decides would no longer be there to win if it became the default.
  const rules = decisive(journal.rules)
    .map((rule) => ({ ...rule, action: logged(rule.action) }))
    .filter(({ action }) => !action.equals(defaultAction));
  return {
    ...journal,
    defaultAction,
    badArchAction: logged(journal.badArchAction),
    rules,
  };
}
