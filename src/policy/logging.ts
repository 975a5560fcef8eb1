import { ActLog, type Journal, type ScmpAction } from "../libseccomp/mod.ts";
import { passes } from "./action.ts";
import { decisive } from "./decisive.ts";

/** The same filter, but that what it would refuse is logged and let pass. */
export function logging(journal: Journal): Journal {
  const logged = (action: ScmpAction) => passes(action) ? action : ActLog;
  const defaultAction = logged(journal.defaultAction);
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
