import { learnCalls } from "../learn/_calls.ts";
import type { Recorder } from "../learn/recorder.ts";

const STDERR = 2;

/** How often the line is written anew, in milliseconds. */
const EVERY = 200;

/** Shows on a terminal how far a recording is; elsewhere nothing. */
export class Progress {
  readonly #recorder: Recorder;
  #isShown = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  #last = 0;
  #lastTotal = 0;
  #isOnLine = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Writes the line anew, if it is time to. */
  update(): void {
    const now = performance.now();
    if (!this.#isShown || now - this.#last < EVERY) return;
    // In the background it would stop this process, or spoil another's screen.
    if (!isInForeground()) return;
    const { total, different } = this.#recorder;
    const rate = (total - this.#lastTotal) * 1000 / (now - this.#last);
    const seconds = Math.floor((now - this.#start) / 1000);
    this.#last = now;
    this.#lastTotal = total;
    const parts = [
      `${total.toLocaleString("en")} calls`,
      `${different} different`,
      `${Math.round(rate).toLocaleString("en")} new a second`,
      `${seconds} s`,
    ];
    this.#write(`\r\x1b[Klearn: ${parts.join(", ")}`);
    this.#isOnLine = true;
  }

  /** Takes the line away, before something else is said and at the end. */
  clear(): void {
    if (!this.#isOnLine) return;
    this.#write("\r\x1b[K");
    this.#isOnLine = false;
  }

  /** A terminal that is gone is no reason to end a job. */
  #write(text: string): void {
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(text));
    } catch {
      this.#isShown = false;
    }
  }
}

/** Source: tcgetpgrp(3). */
function isInForeground(): boolean {
  const { getpgrp, tcgetpgrp } = learnCalls();
  return tcgetpgrp(STDERR) === getpgrp();
}
