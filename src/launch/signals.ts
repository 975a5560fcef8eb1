import { int } from "../libc/mod.ts";
import { SIG_IGN } from "../libc/signal.ts";

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
 * Under `deno run` Deno itself gets handlers for some signals, some time after
 * the start: only what was ignored tells of a plugin there.
 */
const areOthersDenos = !Deno.build.standalone;

/**
 * Remembers what becomes of each signal.
 *
 * @returns Looks whether the same becomes of all of them. It needs no
 * permission.
 *
 * Source: sigaction(2).
 */
export function recordSignals(): () => boolean {
  const { sigaction } = Deno.dlopen("libc.so.6", LIBC).symbols;
  const action = new Uint8Array(SIGACTION_SIZE);
  const handler = new DataView(action.buffer);
  const read = (signal: number) => {
    sigaction(int(signal), null, action);
    return handler.getBigUint64(0, true);
  };
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
