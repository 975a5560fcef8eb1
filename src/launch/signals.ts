import { int, libc } from "../libc/mod.ts";
import { SIG_DFL, SIG_IGN } from "../libc/signal.ts";

const INT = { struct: ["i32"] } as const;

const LIBC = {
  // int sigaction(int signum, const struct sigaction *restrict act, struct
  // sigaction *restrict oldact)
  sigaction: { parameters: [INT, "buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `sizeof(struct sigaction)`; the handler comes first. */
const SIGACTION_SIZE = 152;
/** The highest that has a name (signal(7)). */
const HIGHEST_SIGNAL = 31;

/**
 * What Deno itself gets handlers for under `deno run`, half a second after the
 * start. The numbers are those of both machines.
 */
const DENOS = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGUSR1", 10],
  ["SIGTERM", 15],
] as const;

/**
 * Under `deno run` those may come meanwhile: only what was ignored tells of a
 * plugin there.
 */
const areOthersDenos = !Deno.build.standalone;

/**
 * Keeps from Deno the signals that it would have handlers for. These only tell a
 * thread, which execve ends: a signal that came before could be lost. And what
 * this process's parent has ignored, the driver is to ignore.
 *
 * Deno sets each handler once, so it is had now and taken back. To be called
 * before anything is waited for. The executable has no handlers.
 */
export function keepSignals(): void {
  if (Deno.build.standalone) return;
  const read = actionReader();
  const isIgnored = DENOS.map(([, number]) => read(number) === SIG_IGN);
  const listener = () => {};
  for (const [name] of DENOS) {
    Deno.addSignalListener(name, listener);
    Deno.removeSignalListener(name, listener);
  }
  const { signal } = libc().calls;
  DENOS.forEach(([, number], index) =>
    signal(int(number), isIgnored[index] ? SIG_IGN : SIG_DFL)
  );
}

/**
 * Remembers what becomes of each signal.
 *
 * @returns Looks whether the same becomes of all of them. It needs no
 * permission.
 *
 * Source: sigaction(2).
 */
export function recordSignals(): () => boolean {
  const read = actionReader();
  const recorded: bigint[] = [];
  for (let signal = 0; signal <= HIGHEST_SIGNAL; signal++) {
    recorded.push(read(signal));
  }
  return () => {
    for (let signal = 1; signal <= HIGHEST_SIGNAL; signal++) {
      if (areOthersDenos && recorded[signal] !== SIG_IGN) continue;
      if (read(signal) !== recorded[signal]) return false;
    }
    return true;
  };
}

/** Tells of a signal its handler's address, or that it is ignored or not. */
function actionReader(): (signal: number) => bigint {
  const { sigaction } = Deno.dlopen("libc.so.6", LIBC).symbols;
  const action = new Uint8Array(SIGACTION_SIZE);
  const handler = new DataView(action.buffer);
  return (signal) => {
    sigaction(int(signal), null, action);
    return handler.getBigUint64(0, true);
  };
}
