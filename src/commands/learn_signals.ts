import { int, libc } from "../libc/mod.ts";
import { learnCalls } from "../learn/_calls.ts";
import { SIG_DFL, SIG_IGN } from "../libc/signal.ts";

/** The signals that a job is handed on. The numbers are those of both machines. */
const NUMBERS = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12 },
  SIGTERM: 15,
} as const;
type Name = keyof typeof NUMBERS;

/** Those that ask for an end, so that a second one is not to be waited for. */
const ASKING: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM"]);

/** Of what came to the recorder, what its job is told, and when to give it up. */
export class JobSignals {
  readonly #pid: number;
  readonly #onFirst: () => void;
  #hasEnded = false;
  #isAsked = false;
  /** Whether nothing is to be waited for any more. */
  isGivenUp = false;

  /**
   * Listens from now on. What was ignored when this process was started stays
   * so: the job ignores it too.
   *
   * @param pid The job's first process.
   * @param onFirst Comes when the job is asked to end for the first time.
   */
  constructor(pid: number, onFirst: () => void) {
    this.#pid = pid;
    this.#onFirst = onFirst;
    const { signal } = libc().calls;
    const ignored: Name[] = [];
    for (const name of Object.keys(NUMBERS) as Name[]) {
      const number = int(NUMBERS[name]);
      const action = signal(number, SIG_DFL);
      // Deno may have a handler already, and would not set it again.
      signal(number, action);
      if (action === SIG_IGN) ignored.push(name);
      else Deno.addSignalListener(name, () => this.#hear(name));
    }
    // With the first listener Deno gets handlers for others too.
    for (const name of ignored) signal(int(NUMBERS[name]), SIG_IGN);
  }

  /** To be called once the first process has ended. */
  end(): void {
    this.#hasEnded = true;
  }

  #hear(name: Name): void {
    if (this.#hasEnded || (this.#isAsked && ASKING.has(name))) {
      this.isGivenUp = true;
      return;
    }
    // A terminal's Ctrl-C and Ctrl-\ have reached the job too.
    const isKey = name === "SIGINT" || name === "SIGQUIT";
    if (!isKey || !Deno.stdin.isTerminal()) {
      learnCalls().kill(this.#pid, NUMBERS[name]);
    }
    if (!ASKING.has(name)) return;
    this.#isAsked = true;
    this.#onFirst();
  }
}
