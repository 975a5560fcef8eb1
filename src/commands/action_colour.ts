import type { Palette } from "./colour.ts";

const ACTION =
  /\bAct(Allow|Log|Trace|Notify|Errno|Trap|KillThread|KillProcess)\b(\([^)\s]*\))?/g;

/**
 * Sets the actions of a text off: what lets a call pass in green, what refuses
 * it in red, and in yellow what lets it pass and tells of it, or asks somebody.
 */
export function colourActions(
  text: string,
  { green, yellow, red }: Palette,
): string {
  return text.replaceAll(ACTION, (action, kind) => {
    switch (kind) {
      case "Allow":
        return green(action);
      case "Log":
      case "Trace":
      case "Notify":
        return yellow(action);
      default:
        return red(action);
    }
  });
}
