import { PluginError } from "./error.ts";

/**
 * Waits for a plugin's work, but not longer than allowed. Code that never yields is out of this function's reach: for
 * that there is a deadline outside of JavaScript.
 *
 * @param work What to wait for.
 * @param milliseconds How long; above 0.
 * @param current Tells which plugin is at work when the time is over.
 * @throws {PluginError} If the time is over.
 */
export async function within(
  work: Promise<void>,
  milliseconds: number,
  current: () => string,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PluginError(current(), timeOutMessage(milliseconds)));
    }, milliseconds);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is said of a plugin that took too long. */
export function timeOutMessage(milliseconds: number): string {
  return `it did not return within ${milliseconds / 1000} s (plugin_timeout)`;
}
